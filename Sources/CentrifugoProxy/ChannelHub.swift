import HTTP2Transport
import Metrics
import ProtobufWire
public import ProxyMessages
import Synchronization

/// Sends publications to all streams that are subscribed to a channel.
///
/// A publication is encoded once, and each event loop hands it to its own streams. Subscriptions come from
/// ``UnidirectionalSubscription/init(result:from:channel:)``; they cost no task. What is published is seen by the clients
/// of this server only: with several replicas, publish in each.
public final class ChannelHub: Sendable {
    /// What happens to a client that reads slower than its channel is published to.
    public enum SlowReaderPolicy: Sendable, Hashable {
        /// The oldest publications that wait for it are dropped: for states, of which only the newest counts.
        case dropOldest
        /// Its stream is interrupted, so that it subscribes again and recovers: for histories.
        case interrupt
    }

    enum Delivery {
        case sent
        case dropped
        case interrupted
        case gone
    }

    private let policy: SlowReaderPolicy
    private let limit: Int
    private let table = Mutex(Table())
    private let delivered: Counter
    private let dropped: Counter
    private let interrupted: Counter

    private struct Table {
        /// The loops that have subscribers of a channel.
        var loops: [String: [LoopConfined<HubLoop>]] = [:]
        var hubLoops: [ObjectIdentifier: LoopConfined<HubLoop>] = [:]
        /// The streams of a channel that have no loop: those of tests.
        var inMemory: [String: [InMemorySubscription]] = [:]
    }

    /// Makes a hub.
    ///
    /// Counts in the metrics `centrifugo_proxy_hub_delivered`, `…_dropped` and `…_interrupted`, each with the dimension
    /// `hub`.
    ///
    /// - Parameters:
    ///   - name: The value of the metrics' dimension.
    ///   - slowReaders: What happens to clients that read too slowly.
    ///   - waitingLimit: How many publications may wait for one client, beyond what its stream buffers.
    public init(name: String = "default", slowReaders: SlowReaderPolicy = .interrupt, waitingLimit: Int = 256) {
        policy = slowReaders
        limit = max(1, waitingLimit)
        let dimensions = [("hub", name)]
        delivered = Counter(label: "centrifugo_proxy_hub_delivered", dimensions: dimensions)
        dropped = Counter(label: "centrifugo_proxy_hub_dropped", dimensions: dimensions)
        interrupted = Counter(label: "centrifugo_proxy_hub_interrupted", dimensions: dimensions)
    }

    /// Sends a publication to all streams subscribed to a channel; from anywhere, in the order of the calls.
    ///
    /// - Throws: ``InvalidPayload`` when `data` is neither text nor JSON: clients with JSON could not read it.
    public func publish(_ publication: Publication, to channel: String) throws {
        let (loops, inMemory) = table.withLock { ($0.loops[channel] ?? [], $0.inMemory[channel] ?? []) }
        guard !loops.isEmpty || !inMemory.isEmpty else { return }
        let json: Payload
        do {
            json = try PayloadEncoding.json(publication.data, field: "data")
        } catch {
            throw InvalidPayload(description: "\(error)")
        }
        let plain = Self.message(publication)
        let quoted = if case .text = publication.data.content { Self.message(publication, data: json) } else { plain }
        for loop in loops {
            loop.value.loop.execute { [self] in
                loop.value.deliver(plain: plain, json: quoted, to: channel, hub: self)
            }
        }
        deliver(plain: plain, json: quoted, to: inMemory[...])
    }

    /// How many streams are subscribed to a channel, as a snapshot.
    public func subscriberCount(of channel: String) async -> Int {
        let (loops, inMemory) = table.withLock { ($0.loops[channel] ?? [], $0.inMemory[channel] ?? []) }
        var count = inMemory.count
        for loop in loops {
            count += await withCheckedContinuation { continuation in
                loop.value.loop.execute { continuation.resume(returning: loop.value.count(of: channel)) }
            }
        }
        return count
    }

    private static func message(_ publication: Publication, data: Payload? = nil) -> [UInt8] {
        var publication = publication
        if let data { publication.data = data }
        return StreamSubscribeResponse(publication: publication).lengthPrefixed()
    }

    // MARK: Streams

    /// Adds a stream, on its loop.
    func attach(_ stream: SubscriptionStream, to channel: String, on loop: ServerLoop) {
        let hubLoop = table.withLock { table in
            if let known = table.hubLoops[ObjectIdentifier(loop)] { return known }
            let new = LoopConfined(HubLoop(loop: loop))
            table.hubLoops[ObjectIdentifier(loop)] = new
            return new
        }
        guard hubLoop.value.add(stream, to: channel) else { return }
        table.withLock { $0.loops[channel, default: []].append(hubLoop) }
    }

    /// Takes a stream out, on its loop.
    func detach(_ stream: SubscriptionStream, from channel: String, on loop: ServerLoop) {
        let hubLoop = table.withLock { $0.hubLoops[ObjectIdentifier(loop)] }
        guard let hubLoop, hubLoop.value.remove(stream, from: channel) else { return }
        table.withLock { table in
            table.loops[channel]?.removeAll { $0.value === hubLoop.value }
            if table.loops[channel]?.isEmpty == true { table.loops[channel] = nil }
        }
    }

    /// Adds a stream that has no loop.
    func attach(_ stream: InMemorySubscription, to channel: String) {
        table.withLock { $0.inMemory[channel, default: []].append(stream) }
    }

    /// Takes out a stream that has no loop.
    func detach(_ stream: InMemorySubscription, from channel: String) {
        table.withLock { table in
            table.inMemory[channel]?.removeAll { $0 === stream }
            if table.inMemory[channel]?.isEmpty == true { table.inMemory[channel] = nil }
        }
    }

    /// Hands a message to streams, on their loop if they have one, and counts what became of it.
    func deliver(plain: [UInt8], json: [UInt8], to streams: ArraySlice<some HubStream>) {
        var counts = (delivered: 0, dropped: 0, interrupted: 0)
        for stream in streams {
            switch stream.deliver(stream.wantsJSON ? json : plain, policy: policy, limit: limit) {
            case .sent: counts.delivered += 1
            case .dropped:
                counts.delivered += 1
                counts.dropped += 1
            case .interrupted: counts.interrupted += 1
            case .gone: break
            }
        }
        if counts.delivered > 0 { delivered.increment(by: counts.delivered) }
        if counts.dropped > 0 { dropped.increment(by: counts.dropped) }
        if counts.interrupted > 0 { interrupted.increment(by: counts.interrupted) }
    }
}

/// A stream that takes a hub's publications.
protocol HubStream: AnyObject {
    /// Whether the client reads JSON.
    var wantsJSON: Bool { get }

    /// Sends a message behind its length prefix, or keeps it until there is room.
    ///
    /// - Returns: What became of it.
    func deliver(_ message: [UInt8], policy: ChannelHub.SlowReaderPolicy, limit: Int) -> ChannelHub.Delivery
}
