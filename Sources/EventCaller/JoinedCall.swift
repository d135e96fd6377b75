package import CentrifugoProxy
package import GRPCCall
import GRPCClient
import HTTP2Transport
package import Logging

/// One call of a service in this process, through all that a server and its peer do but without a port.
package struct JoinedCall: Sendable {
    private let call: ClientCall
    private let connection: JoinedConnection
    private let hasDeadline: Bool

    /// Calls an event, and sends the first message.
    ///
    /// - Parameters:
    ///   - event: What to call.
    ///   - service: What answers.
    ///   - message: The request's bytes; of a bidirectional stream, its first message's.
    ///   - metadata: Names and values beside what gRPC sends itself.
    ///   - timeout: The time that the call has; nil for a call without a deadline.
    ///   - unread: What holds back a subscription's stream beside its unsent bytes.
    ///   - logger: Where the service is told what went wrong in a handler.
    /// - Returns: The call, whose answer is still to come.
    /// - Throws: As `JoinedConnection.open` does.
    package static func open(
        _ event: ProxyEvent,
        of service: ProxyService,
        message: [UInt8],
        metadata: Metadata = Metadata(),
        timeout: Duration? = nil,
        unread: UnreadLimit? = nil,
        logger: Logger
    ) async throws -> JoinedCall {
        let headers = CallRequest.headers(
            path: event.path,
            scheme: "http",
            authority: "localhost",
            userAgent: ClientCall.userAgent,
            timeout: timeout.map { $0.nanosecondsOrNone },
            metadata: metadata
        )
        let connection = try await service.join(
            headers,
            body: CallRequest.bytes(of: message),
            isWhole: ClientCall.endsRequest(event),
            unread: unread,
            logger: logger
        )
        return JoinedCall(
            call: ClientCall(exchange: connection.exchange, timeout: nil, isStream: true) { await connection.closed() },
            connection: connection,
            hasDeadline: timeout != nil
        )
    }

    /// Sends another message.
    package func send(_ message: [UInt8]) {
        call.send(message)
    }

    /// Ends this side of the call, and nothing else.
    package func endRequest() {
        call.exchange.send([], isLast: true)
    }

    /// Leaves the call with RST_STREAM CANCEL, unless it is over.
    package func cancel() {
        call.leave(.interrupted)
    }

    /// Shuts the server's end of the connection down, as its server would.
    package func shutDown() {
        connection.shutDown()
    }

    /// Delivers the messages of the answer, one after the other.
    ///
    /// - Returns: The status of the call's end; nil when this side has left.
    package func run(_ take: ([UInt8]) async -> Void) async -> GRPCStatus? {
        let outcome = try? await call.run { message in
            await take(message)
            return true
        }
        guard let outcome, outcome.leave == nil else { return nil }
        return outcome.status
    }

    /// Waits until the stream has taken what was published before.
    package func settled() async {
        await connection.settled()
    }

    /// Waits until the handler and what it does after the call are done.
    package func finished() async {
        await connection.finished()
    }

    /// Waits for the answer to a unary call, and for all that the handler does after it; a cancelled task leaves the call.
    ///
    /// It does not wait for a handler that goes on after the call's deadline.
    ///
    /// - Returns: The answer's message.
    /// - Throws: The status of a call that ends with one and no message.
    package func answer() async throws(GRPCStatus) -> [UInt8] {
        var answer: [UInt8]?
        let status = await withTaskCancellationHandler {
            await run { answer = $0 }
        } onCancel: {
            cancel()
        }
        if !hasDeadline || status?.code != .deadlineExceeded { await finished() }
        guard let status else { throw GRPCStatus(.cancelled) }
        guard status.code == .ok else { throw status }
        guard let answer else { throw GRPCStatus(.internalError, "the server ended the call without a message") }
        return answer
    }
}

extension Duration {
    /// The duration in nanoseconds, as far as they can be counted; 0 for one that is negative.
    fileprivate var nanosecondsOrNone: UInt64 {
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLong) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return overflow || isTooLong ? .max : sum
    }
}
