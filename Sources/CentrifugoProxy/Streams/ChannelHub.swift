import GRPCCall
import HTTP2Transport
import Metrics
public import ProxyMessages
import Synchronization

/// Sends publications to all streams that are subscribed to a channel.
///
/// A publication is encoded once, and each event loop delivers it to its own streams. Subscriptions come from
/// ``UnidirectionalSubscription/init(result:from:channel:)``; they need no task. Only clients of this server receive a
/// publication: with several replicas, publish in each of them.
public final class ChannelHub: Sendable {
    /// How to treat a client that reads slower than its channel is published to.
    public enum SlowReaderPolicy: Sendable, Hashable {
        /// Drops the oldest publications that wait for it: for states, of which only the newest matters.
        case dropOldest
        /// Interrupts its stream, so that it subscribes again and recovers: for histories.
        case interrupt
    }

    enum Delivery {
        case sent
        /// It is sent when the client has read what came before.
        case waits
        case dropped
        case interrupted
        /// The client could not read it.
        case skipped
        /// The client has it already.
        case known
        case gone
    }

    private let policy: SlowReaderPolicy
    private let limit: Int
    private let table = Mutex(Table())
    private let delivered: Counter
    private let dropped: Counter
    private let interrupted: Counter
    private let skipped: Counter
    private let subscribers: Meter
    private let waiting: Meter

    private struct Table {
        /// The loops that have subscribers of a channel.
        var loops: [ExactText: [LoopConfined<HubShard>]] = [:]
        var shards: [ObjectIdentifier: LoopConfined<HubShard>] = [:]
        /// The largest messages that servers may send, each with the number of `loops` that have this limit.
        var answerLimits: [Int: Int] = [:]

        /// The largest message that all servers and Centrifugo accept.
        var answerLimit: Int {
            min(answerLimits.keys.min() ?? ChannelHub.largestMessage, ChannelHub.largestMessage)
        }
    }

    // Centrifugo's own limit, which applies without a server, and when a server's limit is higher.
    private static let largestMessage = LengthPrefix.defaultLimit

    /// Makes a hub.
    ///
    /// Counts in the metrics `centrifugo_proxy_hub_delivered`, `…_dropped`, `…_interrupted`, `…_skipped`,
    /// `…_subscribers` and `…_waiting`, each with the dimension `hub`.
    ///
    /// - Parameters:
    ///   - name: The value of the metrics' dimension.
    ///   - slowReaders: How to treat clients that read too slowly.
    ///   - waitingLimit: How many publications may wait for one client, in addition to those that its stream buffers.
    public init(name: String = "default", slowReaders: SlowReaderPolicy = .interrupt, waitingLimit: Int = 256) {
        policy = slowReaders
        limit = max(1, waitingLimit)
        let dimensions = [("hub", name)]
        delivered = Counter(label: "centrifugo_proxy_hub_delivered", dimensions: dimensions)
        dropped = Counter(label: "centrifugo_proxy_hub_dropped", dimensions: dimensions)
        interrupted = Counter(label: "centrifugo_proxy_hub_interrupted", dimensions: dimensions)
        skipped = Counter(label: "centrifugo_proxy_hub_skipped", dimensions: dimensions)
        subscribers = Meter(label: "centrifugo_proxy_hub_subscribers", dimensions: dimensions)
        waiting = Meter(label: "centrifugo_proxy_hub_waiting", dimensions: dimensions)
    }

    /// Sends a publication to all streams subscribed to a channel; from any thread, in the order of the calls.
    ///
    /// Bytes that are neither text nor JSON are sent to clients with protobuf; clients with JSON could not read them
    /// and are skipped, which counts in `centrifugo_proxy_hub_skipped`.
    ///
    /// - Parameters:
    ///   - publication: What is sent.
    ///   - channel: The channel.
    ///   - position: The publication's position in the channel, for subscriptions that have a ``Backlog``; nil for one
    ///     that no backlog contains.
    /// - Throws: ``PayloadError`` when the message is too large, whichever clients subscribe: above Centrifugo's 4 MiB,
    ///   or above the smallest `maxAnswerSize` of the servers with subscribers of this hub. Text counts as the JSON
    ///   string that it may become.
    public func publish(_ publication: Publication, to channel: String, position: UInt64? = nil) throws {
        let (loops, limit) = table.withLock { ($0.loops[ExactText(channel)] ?? [], $0.answerLimit) }
        guard !loops.isEmpty else { return try HubMessage.check(publication, limit: limit) }
        let message = try HubMessage(publication, position: position, limit: limit)
        for loop in loops {
            loop.value.loop.execute { [self] in loop.value.deliver(message, to: channel, hub: self) }
        }
    }

    /// How many streams are subscribed to a channel, as a snapshot.
    public func subscriberCount(of channel: String) async -> Int {
        var count = 0
        for loop in table.withLock({ $0.loops[ExactText(channel)] ?? [] }) {
            count += await withCheckedContinuation { continuation in
                loop.value.loop.execute { continuation.resume(returning: loop.value.count(of: channel)) }
            }
        }
        return count
    }

    // MARK: Streams

    /// Adds a stream, on its loop.
    func attach(_ stream: SubscriptionStream, to channel: String, on loop: ServerLoop) {
        let shard = table.withLock { table in
            if let known = table.shards[ObjectIdentifier(loop)] { return known }
            let new = LoopConfined(HubShard(loop: loop))
            table.shards[ObjectIdentifier(loop)] = new
            return new
        }
        subscribers.increment()
        guard shard.value.add(stream, to: channel) else { return }
        let limit = stream.shared.limits.answer
        table.withLock { table in
            table.loops[ExactText(channel), default: []].append(shard)
            table.answerLimits[limit, default: 0] += 1
        }
    }

    /// Removes a stream and what waits for it, on its loop.
    func detach(_ stream: SubscriptionStream, from channel: String, on loop: ServerLoop) {
        let shard = table.withLock { $0.shards[ObjectIdentifier(loop)] }
        subscribers.decrement()
        waitNoLonger(stream.waitingCount)
        guard let shard, shard.value.remove(stream, from: channel) else { return }
        let limit = stream.shared.limits.answer
        table.withLock { table in
            let channel = ExactText(channel)
            table.loops[channel]?.removeAll { $0.value === shard.value }
            if table.loops[channel]?.isEmpty == true { table.loops[channel] = nil }
            // It retains the loop's part of a server, with the handlers, which often retain the hub.
            if shard.value.isEmpty { table.shards[ObjectIdentifier(loop)] = nil }
            let others = table.answerLimits[limit, default: 1] - 1
            table.answerLimits[limit] = others == 0 ? nil : others
        }
    }

    /// Delivers a message to streams, on their loop, and counts the results.
    func deliver(_ message: HubMessage, to streams: ArraySlice<SubscriptionStream>) {
        var counts = (delivered: 0, waiting: 0, dropped: 0, interrupted: 0, skipped: 0)
        for stream in streams {
            switch stream.deliver(message, policy: policy, limit: limit) {
            case .sent: counts.delivered += 1
            case .waits:
                counts.delivered += 1
                counts.waiting += 1
            case .dropped:
                counts.delivered += 1
                counts.dropped += 1
            case .interrupted: counts.interrupted += 1
            case .skipped: counts.skipped += 1
            case .known, .gone: break
            }
        }
        if counts.delivered > 0 { delivered.increment(by: counts.delivered) }
        if counts.waiting > 0 { waiting.increment(by: Double(counts.waiting)) }
        if counts.dropped > 0 { dropped.increment(by: counts.dropped) }
        if counts.interrupted > 0 { interrupted.increment(by: counts.interrupted) }
        if counts.skipped > 0 { skipped.increment(by: counts.skipped) }
    }

    /// A publication of a backlog was left out: its client could not read it.
    func countSkipped() {
        skipped.increment()
    }

    /// Publications no longer wait: they were sent, or their stream has ended.
    func waitNoLonger(_ count: Int) {
        if count > 0 { waiting.decrement(by: Double(count)) }
    }
}
