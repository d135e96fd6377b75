import ProtobufWire
public import ProxyMessages

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
        result: SubscribeResult = SubscribeResult(),
        serve: @escaping @Sendable (PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: nil, serve: .oneWay(serve))
    }

    /// Accepts, with the publications of a hub's channel and no task: the cheapest for many idle subscriptions.
    public init(result: SubscribeResult = SubscribeResult(), from hub: ChannelHub, channel: String) {
        accepted = AcceptedSubscription(result: result, source: (hub, channel), serve: nil)
    }

    /// Accepts, with what a hub's channel has published before, and then with its publications: each once, in their order.
    ///
    /// The stream joins the channel before it asks for the backlog, and keeps what arrives until the backlog has been
    /// sent. Then it sends those publications whose positions are above the backlog's, and those without a position; see
    /// ``ChannelHub/publish(_:to:position:)``. A client for which more arrives meanwhile than the hub's `waitingLimit` is
    /// interrupted, also with ``ChannelHub/SlowReaderPolicy/dropOldest``, since it would miss something.
    ///
    /// - Parameters:
    ///   - result: The subscription's options; it is the stream's first message.
    ///   - hub: Sends the later publications.
    ///   - channel: The hub's channel.
    ///   - backlog: Reads what was published before, in a task of the stream that is cancelled when the stream ends. A
    ///     thrown error interrupts the stream, and a `GRPCStatus` ends it with its code. Publications that the client
    ///     cannot read, or that are too large, are skipped and counted as the hub's.
    public init(
        result: SubscribeResult = SubscribeResult(),
        from hub: ChannelHub,
        channel: String,
        backlog: @escaping @Sendable () async throws -> Backlog
    ) {
        accepted = AcceptedSubscription(result: result, source: (hub, channel), serve: .backlog(hub, backlog))
    }
}

enum SubscribeUnidirectionalEvent: StreamEvent {
    static var event: ProxyEvent { .subscribeUnidirectional }

    static func decodeFirst(
        _ bytes: UnsafeRawBufferPointer,
        elementLimit: Int,
        elements: inout Int
    ) throws -> SubscribeRequest {
        try SubscribeRequest(wireBytes: bytes, elementLimit: elementLimit, elements: &elements)
    }
}

extension UnidirectionalSubscription: EventAnswer {}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, UnidirectionalSubscription> {
    /// Makes an interceptor of SubscribeUnidirectional.
    public static func subscribeUnidirectional(_ body: @escaping Self.Body) -> Self {
        Self(.subscribeUnidirectional, body)
    }
}
