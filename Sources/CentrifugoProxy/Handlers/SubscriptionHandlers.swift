/// Serves subscriptions as streams of publications.
public protocol SubscribeUnidirectionalHandler: Actor {
    /// Answers a client that subscribes: what is returned accepts, and says where publications come from.
    ///
    /// A thrown `CentrifugoError` or `Disconnect` refuses the subscription.
    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription
}

/// Serves subscriptions as streams in both directions: the client's publications come to the handler.
public protocol SubscribeBidirectionalHandler: Actor {
    /// Answers a client that subscribes: what is returned accepts, and says how both directions are served.
    ///
    /// A thrown `CentrifugoError` or `Disconnect` refuses the subscription.
    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription
}

/// How a subscription's stream ends, by what the client's SDK does next.
public enum SubscriptionEnd: Sendable, Hashable {
    /// It is over for good: the client is unsubscribed (2000) and does not subscribe again. The call's status is OK.
    case finished
    /// It is cut short: the client subscribes again (after 2500). The call's status is UNAVAILABLE.
    case interrupted
}

/// An accepted subscription whose publications go one way, to the client.
public struct UnidirectionalSubscription: Sendable {
    private(set) var accepted: AcceptedSubscription

    /// The subscription's options; they are the stream's first message.
    public var result: SubscribeResult {
        get { accepted.result }
        set { accepted.result = newValue }
    }

    /// Accepts, with a task of its own that writes the publications.
    ///
    /// - Parameters:
    ///   - result: The subscription's options; it is the stream's first message.
    ///   - serve: Writes publications, and returns how the stream ends. Its task is cancelled when the client leaves,
    ///     when the connection is lost, at the deadline and when the server shuts down; thrown errors interrupt.
    public init(
        result: SubscribeResult = SubscribeResult(expireAt: 0),
        serve: @escaping @Sendable (PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: nil, serve: .oneWay(serve))
    }

    /// Accepts, with the publications of a hub's channel and no task: the cheapest for many idle subscriptions.
    public init(result: SubscribeResult = SubscribeResult(expireAt: 0), from hub: ChannelHub, channel: String) {
        accepted = AcceptedSubscription(result: result, source: (hub, channel), serve: nil)
    }
}

/// An accepted subscription with publications in both directions.
public struct BidirectionalSubscription: Sendable {
    private(set) var accepted: AcceptedSubscription

    /// The subscription's options; they are the stream's first message.
    public var result: SubscribeResult {
        get { accepted.result }
        set { accepted.result = newValue }
    }

    /// Accepts, with a task of its own that reads and writes publications.
    ///
    /// - Parameters:
    ///   - result: The subscription's options; it is the stream's first message.
    ///   - serve: Reads the client's publications and writes others, and returns how the stream ends. Its task is
    ///     cancelled when the client leaves, when the connection is lost, at the deadline and when the server shuts
    ///     down; thrown errors interrupt.
    public init(
        result: SubscribeResult = SubscribeResult(expireAt: 0),
        serve: @escaping @Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: nil, serve: .bothWays(serve))
    }

    /// Accepts, with the publications of a hub's channel, and a task that reads the client's.
    public init(
        result: SubscribeResult = SubscribeResult(expireAt: 0),
        from hub: ChannelHub,
        channel: String,
        serve: @escaping @Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: (hub, channel), serve: .bothWays(serve))
    }
}

/// What both kinds of subscription are made of.
struct AcceptedSubscription: Sendable {
    /// The work of a stream's own task.
    ///
    /// Not one kind of closure, which the other kind would be wrapped in: an idle stream would keep the wrapping.
    enum Serve: Sendable {
        case oneWay(@Sendable (PublicationWriter) async throws -> SubscriptionEnd)
        case bothWays(@Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd)

        func callAsFunction(
            _ publications: ClientPublications,
            _ writer: PublicationWriter
        ) async throws -> SubscriptionEnd {
            switch self {
            case .oneWay(let serve): try await serve(writer)
            case .bothWays(let serve): try await serve(publications, writer)
            }
        }
    }

    var result: SubscribeResult
    let source: (hub: ChannelHub, channel: String)?
    let serve: Serve?
}
