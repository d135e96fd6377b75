import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages
import Tracing

/// A decoded request of any event: a `Decoded`.
typealias DecodedRequest = any AnyObject & Sendable

/// Calls the handler with the request of a call, encodes the outcome and ends the call with it; then goes on with the next
/// calls of the same route.
typealias RoutedWork = nonisolated(nonsending) @Sendable (any RoutedCall) async -> Void

/// A unary call as its work sees it.
protocol RoutedCall: AnyObject {
    /// What the route's `decode` made of the request's message.
    var request: DecodedRequest { get }
    var context: CallContext { get }
    var logger: Logger { get }
    /// Reports handlers that fail.
    var failures: HandlerFailures { get }

    /// Where the answer's message is to be encoded; nil when its peer no longer waits for one.
    func beginAnswer() -> MessageBuffer?

    /// Sends the message that was encoded since `beginAnswer`, or the status in its place.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - status: What is sent in its place; nil to send it.
    ///   - verdict: What the message says.
    func endAnswer(_ message: MessageBuffer, _ status: GRPCStatus?, _ verdict: CallVerdict)

    /// Notes the user that a handler has found.
    func connected(as user: String)

    /// The span of a call that is traced.
    var trace: CallTrace? { get }

    /// The call of the same route that the work has to go on with after its answer; nil when it is done.
    func next() -> (any RoutedCall)?
}

/// A decoded request of one event.
private final class Decoded<Request: Sendable>: Sendable {
    let request: Request

    init(_ request: Request) {
        self.request = request
    }
}

extension RoutedCall {
    /// Logs an error of the handler.
    fileprivate func handlerFailed(_ error: any Error, _ subject: CallSubject) {
        failures.report(error, of: context.call, about: subject, to: logger)
    }
}

/// The route of an event to its handler.
///
/// The event's types are erased once, here. An object, so that a call keeps one reference and not one for each part.
final class Route: Sendable {
    let event: ProxyEvent
    /// The event's position in `ProxyEvent.allCases`.
    let index: Int
    /// The handler actor that serves the event.
    let handler: any Actor
    /// Decodes a request that has no more elements than allowed, and tells how many they are.
    ///
    /// Called when the message arrives, while its bytes are in the processor's cache, and not just before the handler.
    let decode: @Sendable (UnsafeRawBufferPointer, Int) throws(WireError) -> (DecodedRequest, elements: Int)
    /// Who asks for what by a request that was decoded by `decode`.
    let subject: @Sendable (DecodedRequest) -> CallSubject
    /// Serves calls whose requests were decoded by `decode`.
    let work: RoutedWork

    /// Makes the route of a unary event.
    ///
    /// - Parameters:
    ///   - event: The event, with its handler.
    ///   - handler: The same as an actor.
    ///   - interceptors: The interceptors around it, the first outermost.
    init<Event: UnaryEvent>(_ event: Event, on handler: any Actor, behind interceptors: [any Interceptor]) {
        let chain = interceptors.isEmpty ? nil : interceptors.chain(Event.event, to: NextHandler(.handler(event)))
        self.event = Event.event
        index = Event.event.index
        self.handler = handler
        decode = { bytes, limit throws(WireError) in
            var elements = 0
            // Wrapped directly: a variable in between would copy the request.
            let decoded = Decoded(try Event.Request(wireBytes: bytes, elementLimit: limit, elements: &elements))
            return (decoded, elements)
        }
        // Always such a request: calls are made with the route that decoded them.
        subject = { CallSubject(unsafeDowncast($0, to: Decoded<Event.Request>.self).request) }
        work = { first in
            var following: (any RoutedCall)? = first
            while let call = following {
                // Always so: calls are made with the route that decoded them.
                guard let decoded = call.request as? Decoded<Event.Request> else { return }
                // Not an `Outcome`, whose reply would be copied.
                var reply = Reply<Event.Answer>(result: nil)
                var status: GRPCStatus?
                do {
                    // Without interceptors there is nothing between the work and the handler.
                    reply.result =
                        if let trace = call.trace {
                            try await ServiceContext.withValue(trace.context) {
                                if let chain { return try await chain(decoded.request, call.context) }
                                return try await event.call(decoded.request, call.context)
                            }
                        } else if let chain {
                            try await chain(decoded.request, call.context)
                        } else {
                            try await event.call(decoded.request, call.context)
                        }
                } catch {
                    switch Outcome<Event.Answer>(thrown: error) {
                    case .reply(let refusal): reply = refusal
                    case .status(let failure): status = failure
                    }
                    if !isRefusal(error) { call.handlerFailed(error, CallSubject(decoded.request)) }
                }
                if let message = call.beginAnswer() {
                    if Event.Answer.namesUser, let user = reply.result?.userID { call.connected(as: user) }
                    let verdict = CallVerdict(reply, of: Event.event)
                    let failure = status ?? reply.encode(into: message, for: decoded.request, of: call)
                    call.endAnswer(message, failure, verdict)
                }
                following = call.next()
            }
        }
    }
}

extension Reply where Result: RoutedResult {
    /// Appends the message, with payloads as they travel.
    /// - Returns: The status to send instead, when there is no message.
    fileprivate mutating func encode(
        into message: MessageBuffer,
        for request: some RoutedRequest,
        of call: any RoutedCall
    ) -> GRPCStatus? {
        do {
            try result?.encodePayloads(as: request.payloadEncoding)
        } catch {
            call.handlerFailed(error, CallSubject(request))
            return GRPCStatus(.internalError, "the answer cannot be encoded")
        }
        encode(into: &message.writer)
        return nil
    }
}
