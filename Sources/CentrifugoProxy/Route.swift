import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages

/// Calls a handler with a decoded request, and tells a call how the outcome is encoded.
typealias RoutedWork = nonisolated(nonsending) (any RoutedCall) async -> Void

/// A unary call as its work sees it.
protocol RoutedCall: AnyObject {
    var context: CallContext { get }
    var logger: Logger { get }

    /// Takes the outcome of the work, once.
    ///
    /// - Parameter encode: Appends the answer's message to a writer, or returns the status to send instead.
    func take(_ encode: (inout WireWriter) -> GRPCStatus?)
}

extension Result<[UInt8], GRPCStatus> {
    /// The outcome of a call's work, for those that cannot send it at once.
    init(encodedBy encode: (inout WireWriter) -> GRPCStatus?) {
        var writer = WireWriter()
        let status = encode(&writer)
        self = status.map { .failure($0) } ?? .success(writer.withUnsafeBytes { Array($0) })
    }
}

/// An event's way to its handler.
///
/// The event's types are erased once, here. An object, so that a call takes one reference and not one for each part.
final class Route: Sendable {
    let event: ProxyEvent
    /// The handler actor that serves the event.
    let handler: any Actor
    /// Decodes a request; what it returns calls the handler.
    let decode: @Sendable (UnsafeRawBufferPointer) throws(WireError) -> RoutedWork

    /// Makes the route of a unary event.
    ///
    /// - Parameters:
    ///   - kind: The event.
    ///   - handler: What serves it.
    ///   - actor: The same as an actor.
    ///   - interceptors: What stands before it.
    init<Event: UnaryEvent>(
        _ kind: Event.Type,
        to handler: Event.Handler,
        on actor: any Actor,
        behind interceptors: [any Interceptor]
    ) {
        let event = Event.event
        let chain: NextHandler<Event.Request, Event.Result>? =
            interceptors.isEmpty ? nil : interceptors.chain(event) { try await Event.call(handler, $0, $1) }
        self.event = event
        self.handler = actor
        decode = { bytes throws(WireError) in
            let request = try Event.Request(wireBytes: bytes)
            return { call in
                // Not an `Outcome`: its reply would be copied, 1.5 % of a call.
                var reply = Reply<Event.Result>(result: nil)
                var status: GRPCStatus?
                do {
                    // Without interceptors there is no closure between the work and the handler.
                    reply.result =
                        if let chain {
                            try await chain(request, call.context)
                        } else {
                            try await Event.call(handler, request, call.context)
                        }
                } catch {
                    switch Outcome<Event.Result>(thrown: error) {
                    case .reply(let refusal): reply = refusal
                    case .status(let failure): status = failure
                    }
                    if !isRefusal(error) { call.logger.handlerFailed(event, error) }
                }
                call.take { status ?? reply.encode(into: &$0, request.payloadEncoding, event, call.logger) }
            }
        }
    }
}

extension Reply where Result: RoutedResult {
    /// Appends the message, with payloads as they travel.
    /// - Returns: The status to send instead, when there is no message.
    fileprivate mutating func encode(
        into writer: inout WireWriter,
        _ encoding: PayloadEncoding,
        _ event: ProxyEvent,
        _ logger: Logger
    ) -> GRPCStatus? {
        do {
            try result?.encodePayloads(as: encoding)
        } catch {
            logger.handlerFailed(event, error)
            return GRPCStatus(.internalError, "the answer cannot be encoded")
        }
        encode(into: &writer)
        return nil
    }
}

extension Logger {
    /// Logs what went wrong in a handler; its peer hears nothing of it.
    func handlerFailed(_ event: ProxyEvent, _ error: any Error) {
        self.error("handler failed", metadata: ["event": "\(event.methodName)", "error": "\(error)"])
    }
}
