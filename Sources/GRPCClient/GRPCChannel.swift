package import GRPCCall
import HTTP2Framing
package import HTTP2Transport
import NIOCore
import NIOPosix

/// Calls a gRPC server over one connection, which is kept: many calls at a time, and connected when a call asks for it.
///
/// Calls end with UNAVAILABLE when connecting fails, and until the next attempt, but for those that are told to wait. Calls that
/// the server has not processed, by its own word, are sent again.
package final class GRPCChannel: Sendable {
    /// How a channel treats its server.
    package struct Configuration: Sendable {
        /// The `user-agent` of each call.
        package var userAgent: String
        /// How long connecting may take.
        package var connectTimeout = Duration.seconds(5)
        /// How long the server may take for its first bytes on a connection; nil waits for ever.
        package var greetingTimeout: Duration? = .seconds(5)
        package var backoff = Backoff()
        package var keepAlive = KeepAlive()
        /// The most calls at a time, waiting ones and open ones.
        package var maxCalls = 20_000
        /// The most bytes of requests that they hold.
        package var maxBytes = 64 << 20
        /// How often a call is sent again that the server has not processed, by its own word.
        package var maxReturns = 2
        /// The largest message of an answer, in bytes.
        package var maxMessage = LengthPrefix.defaultLimit

        package init(userAgent: String) {
            self.userAgent = userAgent
        }
    }

    private let core: LoopConfined<ChannelCore>
    private let eventLoop: any EventLoop
    private let connector: ClientConnector
    private let configuration: Configuration

    /// Makes a channel, which is not connected.
    ///
    /// - Throws: ``ConnectError`` and ``TLSFileError`` for TLS files that cannot be used.
    package init(_ target: ClientTarget, configuration: Configuration) throws {
        eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        connector = try ClientConnector(target, timeout: TimeAmount(capping: configuration.connectTimeout))
        self.configuration = configuration
        core = LoopConfined(ChannelCore(connector, configuration, on: eventLoop))
    }

    deinit {
        eventLoop.execute { [core] in core.value.shutDown(grace: .zero) }
    }

    /// Calls a unary method.
    ///
    /// A cancelled task leaves the call.
    ///
    /// - Parameters:
    ///   - path: The service and the method, such as `/package.Service/Method`.
    ///   - message: The request's bytes.
    ///   - metadata: Names and values beside those of gRPC itself.
    ///   - timeout: The time that the call has, with all that it waits for.
    ///   - waitsForServer: Whether the call waits for a server that cannot be reached now.
    /// - Returns: The answer's bytes.
    /// - Throws: The status of a call that fails.
    package func call(
        _ path: String,
        _ message: [UInt8],
        metadata: Metadata = Metadata(),
        timeout: Duration,
        waitsForServer: Bool = false
    ) async throws(GRPCStatus) -> [UInt8] {
        let time = TimeAmount(capping: timeout)
        let call = LoopConfined(UnaryCall(limit: configuration.maxMessage))
        guard time > .zero else { throw GRPCStatus(.deadlineExceeded, "no time is left") }
        let headers = headers(of: path, metadata, timeout: UInt64(time.nanoseconds))
        let bytes = CallRequest.bytes(of: message)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                eventLoop.execute { [core] in
                    let stream = call.value.begin(headers, timeout: time, waitsForServer, continuation)
                    stream.obey(.send(bytes, isLast: true))
                    core.value.submit(stream)
                    call.value.startClock(on: core.value.eventLoop)
                }
            }
        } onCancel: {
            eventLoop.execute { call.value.leave(.interrupted) }
        }
        return try result.get()
    }

    /// Opens a call of any kind, whose request is sent by the exchange that is returned.
    ///
    /// - Parameters:
    ///   - path: The service and the method, such as `/package.Service/Method`.
    ///   - metadata: Names and values beside those of gRPC itself.
    ///   - timeout: The time that the server is told, in nanoseconds; nil for none.
    /// - Returns: The exchange, whose request has no body so far.
    package func open(_ path: String, metadata: Metadata = Metadata(), timeout: UInt64? = nil) -> HTTP2Exchange {
        let (answers, continuation) = AsyncStream.makeStream(of: HTTP2Exchange.Answer.self)
        let stream = LoopConfined(
            ClientStream(headers: headers(of: path, metadata, timeout: timeout), answers: continuation)
        )
        // An exchange that nobody reads any more is left.
        continuation.onTermination = { [eventLoop] _ in
            eventLoop.execute { stream.value.obey(.leave(.interrupted)) }
        }
        eventLoop.execute { [core] in core.value.submit(stream.value) }
        return HTTP2Exchange(answers: answers, stream: stream, eventLoop: eventLoop)
    }

    private func headers(of path: String, _ metadata: Metadata, timeout: UInt64?) -> HeaderFields {
        CallRequest.headers(
            path: path,
            scheme: connector.scheme,
            authority: connector.authority,
            userAgent: configuration.userAgent,
            timeout: timeout,
            metadata: metadata
        )
    }

    /// Connects, unless there is a connection; over TLS it may not be established then.
    ///
    /// - Throws: ``ConnectError``.
    package func connect() async throws {
        try await eventLoop.flatSubmit { [core] in core.value.connected() }.get()
    }

    /// Takes no more calls, lets open ones end, and closes the connection.
    ///
    /// - Parameter grace: How long open calls have.
    package func shutDown(grace: Duration = .zero) async {
        let time = TimeAmount(capping: grace)
        _ = try? await eventLoop.flatSubmit { [core] in
            core.value.shutDown(grace: time)
            return core.value.closed
        }.get()
    }
}
