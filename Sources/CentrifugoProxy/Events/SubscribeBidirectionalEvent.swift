import GRPCCall
import ProtobufWire
public import ProxyMessages

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
        result: SubscribeResult = SubscribeResult(),
        serve: @escaping @Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: nil, serve: .bothWays(serve))
    }

    /// Accepts, with the publications of a hub's channel, and a task that reads the client's.
    public init(
        result: SubscribeResult = SubscribeResult(),
        from hub: ChannelHub,
        channel: String,
        serve: @escaping @Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd
    ) {
        accepted = AcceptedSubscription(result: result, source: (hub, channel), serve: .bothWays(serve))
    }
}

enum SubscribeBidirectionalEvent: StreamEvent {
    static var event: ProxyEvent { .subscribeBidirectional }

    static func decodeFirst(
        _ bytes: UnsafeRawBufferPointer,
        elementLimit: Int,
        elements: inout Int
    ) throws -> SubscribeRequest {
        let message = try StreamSubscribeRequest(wireBytes: bytes, elementLimit: elementLimit, elements: &elements)
        guard let request = message.subscribeRequest else {
            throw GRPCStatus(.internalError, "the first message of a stream has no subscribe_request")
        }
        return request
    }
}

extension BidirectionalSubscription: EventAnswer {}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, BidirectionalSubscription> {
    /// Makes an interceptor of SubscribeBidirectional.
    public static func subscribeBidirectional(_ body: @escaping Self.Body) -> Self {
        Self(.subscribeBidirectional, body)
    }
}
