import GRPCCall
import ProtobufWire
import ProxyMessages

/// The route of a stream event to its handler.
///
/// An object, as `Route` is, so that each stream keeps one reference.
final class StreamRoute: Sendable {
    let event: ProxyEvent
    /// The event's position in `ProxyEvent.allCases`.
    var index: Int { event.index }
    let handler: any Actor
    /// Decodes the first message of the peer, which has no more elements than allowed, and adds how many they are.
    let decodeFirst: @Sendable (UnsafeRawBufferPointer, Int, inout Int) throws -> SubscribeRequest
    /// Asks the handler.
    let decide: @Sendable (SubscribeRequest, CallContext) async throws -> AcceptedSubscription

    init(_ handler: any SubscribeUnidirectionalHandler, behind interceptors: [any Interceptor]) {
        event = .subscribeUnidirectional
        self.handler = handler
        decodeFirst = { try SubscribeUnidirectionalEvent.decodeFirst($0, elementLimit: $1, elements: &$2) }
        let method: NextHandler<SubscribeRequest, UnidirectionalSubscription> = interceptors.chain(
            .subscribeUnidirectional
        ) {
            try await handler.subscribeUnidirectional($0, context: $1)
        }
        decide = { try await method($0, $1).accepted }
    }

    init(_ handler: any SubscribeBidirectionalHandler, behind interceptors: [any Interceptor]) {
        event = .subscribeBidirectional
        self.handler = handler
        decodeFirst = { try SubscribeBidirectionalEvent.decodeFirst($0, elementLimit: $1, elements: &$2) }
        let method: NextHandler<SubscribeRequest, BidirectionalSubscription> = interceptors.chain(
            .subscribeBidirectional
        ) {
            try await handler.subscribeBidirectional($0, context: $1)
        }
        decide = { try await method($0, $1).accepted }
    }
}
