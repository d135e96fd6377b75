import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages

/// Decodes a call's message, calls the handler, and tells the call how the outcome is encoded; then goes on with the
/// calls that follow.
typealias RoutedWork = nonisolated(nonsending) @Sendable (any RoutedCall) async -> Void

/// A unary call as its work sees it.
protocol RoutedCall: AnyObject {
    /// The request's message, as it came.
    var message: [UInt8] { get }
    var context: CallContext { get }
    var logger: Logger { get }

    /// Takes the outcome of the work, once.
    ///
    /// - Parameter encode: Appends the answer's message to a writer, or returns the status to send instead.
    func take(_ encode: (inout WireWriter) -> GRPCStatus?)

    /// The call of the same route that the work has to go on with, behind `take`; nil when it is done.
    func next() -> (any RoutedCall)?
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
    let work: RoutedWork

    /// Makes the route of a unary event.
    ///
    /// - Parameters:
    ///   - event: The event, with what serves it.
    ///   - handler: The same as an actor.
    ///   - interceptors: What stands before it.
    init<Event: UnaryEvent>(_ event: Event, on handler: any Actor, behind interceptors: [any Interceptor]) {
        let chain = interceptors.isEmpty ? nil : interceptors.chain(Event.event, to: NextHandler(.handler(event)))
        self.event = Event.event
        self.handler = handler
        work = { first in
            var following: (any RoutedCall)? = first
            while let call = following {
                // Not an `Outcome`: its reply would be copied, 1.5 % of a call.
                var reply = Reply<Event.Answer>(result: nil)
                var status: GRPCStatus?
                var encoding = PayloadEncoding.none
                do {
                    let request = try Event.Request(received: call.message)
                    encoding = request.payloadEncoding
                    // Without interceptors there is nothing between the work and the handler.
                    reply.result =
                        if let chain {
                            try await chain(request, call.context)
                        } else {
                            try await event.call(request, call.context)
                        }
                } catch {
                    switch Outcome<Event.Answer>(thrown: error) {
                    case .reply(let refusal): reply = refusal
                    case .status(let failure): status = failure
                    }
                    if !isRefusal(error) { call.logger.handlerFailed(Event.event, error) }
                }
                call.take { status ?? reply.encode(into: &$0, encoding, Event.event, call.logger) }
                following = call.next()
            }
        }
    }
}

extension WireMessage {
    /// Decodes what a peer sent.
    /// - Throws: What it hears of a malformed message.
    fileprivate init(received message: [UInt8]) throws(GRPCStatus) {
        do {
            try self.init(wireBytes: message)
        } catch {
            throw ProxyConnection.status(ofMalformed: error)
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
