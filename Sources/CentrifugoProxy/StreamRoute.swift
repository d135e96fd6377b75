import GRPCCall
import ProtobufWire
import ProxyMessages

/// A stream event's way to its handler.
struct StreamRoute: Sendable {
    let event: ProxyEvent
    let handler: any Actor
    /// Decodes the first message of the peer.
    let decodeFirst: @Sendable (UnsafeRawBufferPointer) throws -> SubscribeRequest
    /// Asks the handler.
    let decide: @Sendable (SubscribeRequest, CallContext) async throws -> AcceptedSubscription

    init(_ handler: any SubscribeUnidirectionalHandler) {
        event = .subscribeUnidirectional
        self.handler = handler
        decodeFirst = { try SubscribeRequest(wireBytes: $0) }
        decide = { try await handler.subscribeUnidirectional($0, context: $1).accepted }
    }

    init(_ handler: any SubscribeBidirectionalHandler) {
        event = .subscribeBidirectional
        self.handler = handler
        decodeFirst = { bytes in
            guard let request = try StreamSubscribeRequest(wireBytes: bytes).subscribeRequest else {
                throw GRPCStatus(.internalError, "the first message of a stream has no subscribe_request")
            }
            return request
        }
        decide = { try await handler.subscribeBidirectional($0, context: $1).accepted }
    }
}
