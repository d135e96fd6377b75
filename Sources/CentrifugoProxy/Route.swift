import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages

/// Calls a handler with a decoded request, and says how its outcome is encoded.
typealias RoutedWork = (CallContext, Logger) async -> AnswerEncoder

/// An event's way to its handler.
///
/// The event's types are erased once, here.
struct Route: Sendable {
    let event: ProxyEvent
    /// The handler actor that serves the event.
    let handler: any Actor
    /// Decodes a request; what it returns calls the handler.
    let decode: @Sendable (UnsafeRawBufferPointer) throws(WireError) -> RoutedWork

    /// Makes the route of a unary event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - handler: The actor whose method serves it.
    ///   - interceptors: What stands before it.
    ///   - method: Calls that method.
    init<Request: RoutedRequest, Result: RoutedResult>(
        _ event: ProxyEvent,
        to handler: any Actor,
        behind interceptors: [any Interceptor],
        method: @escaping NextHandler<Request, Result>
    ) {
        let method = interceptors.chain(event, to: method)
        self.event = event
        self.handler = handler
        decode = { bytes throws(WireError) in
            let request = try Request(wireBytes: bytes)
            return { context, logger in
                let outcome: Outcome<Result>
                do {
                    outcome = .reply(Reply(result: try await method(request, context)))
                } catch {
                    outcome = Outcome(thrown: error)
                    if !isRefusal(error) { logger.handlerFailed(event, error) }
                }
                let encoding = request.payloadEncoding
                return { writer in outcome.encode(into: &writer, encoding, event, logger) }
            }
        }
    }
}

extension Outcome {
    /// Appends the reply's message.
    /// - Returns: The status to send instead, when there is no message.
    fileprivate func encode(
        into writer: inout WireWriter,
        _ encoding: PayloadEncoding,
        _ event: ProxyEvent,
        _ logger: Logger
    ) -> GRPCStatus? {
        switch self {
        case .status(let status): return status
        case .reply(var reply):
            do {
                try reply.result?.encodePayloads(as: encoding)
            } catch {
                logger.handlerFailed(event, error)
                return GRPCStatus(.internalError, "the answer cannot be encoded")
            }
            reply.encode(into: &writer)
            return nil
        }
    }
}

extension Logger {
    /// Logs what went wrong in a handler; its peer hears nothing of it.
    func handlerFailed(_ event: ProxyEvent, _ error: any Error) {
        self.error("handler failed", metadata: ["event": "\(event.methodName)", "error": "\(error)"])
    }
}
