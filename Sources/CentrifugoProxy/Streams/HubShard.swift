import DequeModule
import HTTP2Transport
import ProxyMessages

/// A hub's streams on one event loop, and the publications on their way to them.
final class HubShard: ChunkedWork {
    private struct Delivery {
        let message: HubMessage
        let hub: ChannelHub
        var remaining: ArraySlice<SubscriptionStream>
    }

    // A channel may have ten thousand streams, and a handler may publish a hundred times: between two chunks the loop
    // serves others' calls.
    private static let streamsAtOnce = 64

    let loop: ServerLoop
    private var streams: [ExactText: [SubscriptionStream]] = [:]
    /// In the order of publishing.
    private var deliveries = Deque<Delivery>()

    init(loop: ServerLoop) {
        self.loop = loop
    }

    /// Whether no channel has a stream here.
    var isEmpty: Bool { streams.isEmpty }

    /// Adds a stream; returns whether it is the channel's first one here.
    func add(_ stream: SubscriptionStream, to channel: String) -> Bool {
        let channel = ExactText(channel)
        stream.hubIndex = streams[channel]?.count ?? 0
        streams[channel, default: []].append(stream)
        return stream.hubIndex == 0
    }

    /// Removes a stream; returns whether it was the channel's last one here.
    func remove(_ stream: SubscriptionStream, from channel: String) -> Bool {
        let channel = ExactText(channel)
        guard var list = streams.removeValue(forKey: channel) else { return false }
        // The last stream takes the free place, since ten thousand clients may leave at once.
        let last = list.removeLast()
        if last !== stream {
            list[stream.hubIndex] = last
            last.hubIndex = stream.hubIndex
        }
        if list.isEmpty { return true }
        streams[channel] = list
        return false
    }

    func count(of channel: String) -> Int {
        streams[ExactText(channel)]?.count ?? 0
    }

    /// Delivers a publication to the streams that the channel has now, after the publications that are on their way.
    func deliver(_ message: HubMessage, to channel: String, hub: ChannelHub) {
        guard let streams = streams[ExactText(channel)] else { return }
        let isFirst = deliveries.isEmpty
        deliveries.append(Delivery(message: message, hub: hub, remaining: streams[...]))
        // A delivery to few streams is done at once.
        if isFirst, doChunk() { loop.submit(self) }
    }

    func doChunk() -> Bool {
        guard let delivery = deliveries.first else { return false }
        let rest = delivery.remaining.dropFirst(Self.streamsAtOnce)
        deliveries[0].remaining = rest
        delivery.hub.deliver(delivery.message, to: delivery.remaining.prefix(Self.streamsAtOnce))
        if rest.isEmpty { deliveries.removeFirst() }
        return !deliveries.isEmpty
    }
}
