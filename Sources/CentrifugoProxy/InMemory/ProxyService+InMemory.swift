import GRPCCall
package import Logging
import ProtobufWire
import Synchronization

extension ProxyService {
    /// Answers a unary call without a server: from the request's message to the answer's.
    ///
    /// Everything is done that a server does but for the limits, of which it has that of an answer's size, as it is unless
    /// it is set. A cancelled task stands for a peer that resets the call.
    ///
    /// - Parameters:
    ///   - message: The request's message, without a length prefix.
    ///   - context: What the handler gets; it names the event and the deadline.
    ///   - logger: Where it is told what went wrong in a handler.
    /// - Returns: The answer's message, without a length prefix.
    /// - Throws: `GRPCStatus`, when there is a status and no message.
    package func answer(to message: [UInt8], context: CallContext, logger: Logger) async throws -> [UInt8] {
        guard let index = ProxyEvent.allCases.firstIndex(of: context.event), let route = route(at: index) else {
            warnUnhandled(context.event, logger: logger)
            switch context.event.definition.unhandledAnswer {
            case .encoded(let prefixed): return Array(prefixed.dropFirst(LengthPrefix.byteCount))
            case .status(let status): throw status
            }
        }
        let request: DecodedRequest
        do {
            request = try message.withUnsafeBytes { bytes throws(WireError) in
                try route.decode(bytes, ProxyServer.Limits().maxMessageElements).0
            }
        } catch {
            throw ProxyConnection.status(ofMalformed: error)
        }
        let call = InMemoryCall(
            route: route,
            request: request,
            context: context,
            logger: logger.printable,
            failures: failures
        )
        guard let remaining = context.remainingTime else { return try await call.run() }
        return try await call.run(within: remaining)
    }

    /// Opens a subscription's stream without a server.
    ///
    /// - Parameters:
    ///   - message: The first message of the peer, without a length prefix.
    ///   - context: What the handler gets; it names the event and the deadline.
    ///   - room: How many messages the peer may leave unread before those who write have to wait.
    ///   - logger: Where it is told what went wrong in a handler.
    /// - Returns: The stream, which may not have asked the handler yet.
    package func openStream(
        with message: [UInt8],
        context: CallContext,
        room: Int,
        logger: Logger
    ) -> InMemorySubscription {
        let index = ProxyEvent.allCases.firstIndex(of: context.event)
        let stream = InMemorySubscription(context: context, room: room, logger: logger.printable, failures: failures)
        if let route = index.flatMap({ streamRoute(at: $0) }) {
            stream.start(route, with: message)
        } else {
            warnUnhandled(context.event, logger: logger)
            stream.refuse(context.event.definition.unhandledAnswer)
        }
        return stream
    }

    private func warnUnhandled(_ event: ProxyEvent, logger: Logger) {
        guard isFirstUnhandled(event) else { return }
        logger.unhandled(event)
    }
}

extension HandlerFailures {
    /// What is sent instead of a message without a server that would refuse it; nil when none would.
    func status(ofTooLarge message: [UInt8], _ event: ProxyEvent, to logger: Logger) -> GRPCStatus? {
        guard message.count > LengthPrefix.defaultLimit else { return nil }
        return answerTooLarge(event, byteCount: message.count, to: logger)
    }
}

/// A unary call without a server.
private final class InMemoryCall: RoutedCall, Sendable {
    private let route: Route
    let request: DecodedRequest
    let context: CallContext
    let logger: Logger
    let failures: HandlerFailures
    /// The answer, once the handler is done.
    private let answer = Mutex<Result<[UInt8], GRPCStatus>?>(nil)
    /// How the call has ended for its peer.
    private let end = Mutex<CallEnd?>(nil)

    init(
        route: Route,
        request: DecodedRequest,
        context: CallContext,
        logger: Logger,
        failures: HandlerFailures
    ) {
        self.route = route
        self.request = request
        self.context = context
        self.logger = logger
        self.failures = failures
    }

    /// Calls the handler, encodes, and does what is to be done when the call is over.
    func run() async throws -> [UInt8] {
        await route.work(self)
        let answer = answer.withLock { $0 } ?? .failure(.unknownFailure)
        let own: CallEnd =
            switch answer {
            case _ where Task.isCancelled: .abandoned
            case .success: .answered
            case .failure(let status): .failed(status)
            }
        let end = endNow(own)
        for action in context.call.end(end) { await action(end) }
        return try answer.get()
    }

    func beginAnswer() -> MessageBuffer? {
        let message = MessageBuffer()
        message.begin()
        return message
    }

    func endAnswer(_ message: MessageBuffer, _ status: GRPCStatus?) {
        let bytes = message.withPrefixedMessage { [UInt8]($0.dropFirst(LengthPrefix.byteCount)) }
        let status = status ?? failures.status(ofTooLarge: bytes, context.event, to: logger)
        answer.withLock { $0 = status.map { .failure($0) } ?? .success(bytes) }
    }

    func next() -> (any RoutedCall)? { nil }

    /// The same, but for a handler that takes longer: its call ends by itself and its task is cancelled.
    func run(within remaining: Duration) async throws -> [UInt8] {
        let (results, continuation) = AsyncStream<Result<[UInt8], any Error>>.makeStream()
        let work = Task {
            do {
                continuation.yield(.success(try await run()))
            } catch {
                continuation.yield(.failure(error))
            }
        }
        let alarm = Task {
            try await Task.sleep(for: remaining)
            let status = GRPCStatus(.deadlineExceeded, "the deadline passed")
            guard endNow(.failed(status)) == .failed(status) else { return }
            continuation.yield(.failure(status))
            work.cancel()
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            for await result in results { return try result.get() }
            throw GRPCStatus(.cancelled)
        } onCancel: {
            work.cancel()
        }
    }

    /// Ends the call as the first says who asks.
    private func endNow(_ end: CallEnd) -> CallEnd {
        self.end.withLock { first in
            let decided = first ?? end
            first = decided
            return decided
        }
    }
}
