import CentrifugoProxy

/// Serves subscription streams of both kinds as their channels' names say.
actor Streams: SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
    private let holds: Holds
    private let hub: ChannelHub

    init(holds: Holds, hub: ChannelHub) {
        self.holds = holds
        self.hub = hub
    }

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        let (order, result) = try await accept(request)
        guard order.verb != "hub" else {
            return UnidirectionalSubscription(result: result, from: hub, channel: order.argument)
        }
        let holds = holds
        return UnidirectionalSubscription(result: result) { writer in try await order.serve(writer, holds) }
    }

    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        let (order, result) = try await accept(request)
        let holds = holds
        let hub = hub
        switch order.verb {
        case "hub":
            return BidirectionalSubscription(result: result, from: hub, channel: order.argument) { publications, _ in
                for await publication in publications { try hub.publish(publication, to: order.argument) }
                return .interrupted
            }
        case "echo", "unread":
            return BidirectionalSubscription(result: result) { publications, writer in
                if order.verb == "unread" { try await holds.hold(order.argument) }
                let end = try await Self.echo(publications, writer)
                if Task.isCancelled { await holds.reach(.cancelled(order.argument)) }
                return end
            }
        case "first-of-two":
            return BidirectionalSubscription(result: result) { publications, _ in
                await Self.firstOfTwo(publications)
            }
        default:
            return BidirectionalSubscription(result: result) { _, writer in try await order.serve(writer, holds) }
        }
    }

    /// Refuses or holds the answer if told to.
    private func accept(_ request: SubscribeRequest) async throws -> (StreamOrder, SubscribeResult) {
        try refuse(ifTold: request.channel)
        let order = StreamOrder(channel: request.channel)
        switch order.verb {
        case "undecided": try await holds.hold(order.argument)
        case "fields": return (order, try Samples.subscription(request))
        default: break
        }
        return (order, SubscribeResult())
    }

    /// Reads next to a task that ends at once, and stops reading with it.
    private static func firstOfTwo(_ publications: ClientPublications) async -> SubscriptionEnd {
        await withTaskGroup { tasks in
            tasks.addTask { for await _ in publications {} }
            tasks.addTask { await Task.yield() }
            await tasks.next()
            tasks.cancelAll()
        }
        return .finished
    }

    /// Sends every publication back with its tags and its number, until one says "bye".
    private static func echo(
        _ publications: ClientPublications,
        _ writer: PublicationWriter
    ) async throws -> SubscriptionEnd {
        var count = 0
        for await publication in publications {
            let data = publication.data.bytes
            guard data != Array(#""bye""#.utf8) else { return .finished }
            let tags = publication.tags.merging(["number": "\(count)"], uniquingKeysWith: { $1 })
            try await writer.write(Publication(data: .bytes(data), tags: tags))
            count += 1
        }
        return .interrupted
    }
}
