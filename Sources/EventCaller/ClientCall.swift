package import CentrifugoProxy
package import GRPCCall
package import GRPCClient
package import HTTP2Transport

/// One call of an event, on a connection of its own.
package struct ClientCall: Sendable {
    let exchange: HTTP2Exchange
    /// Seconds until this side leaves, unless a message has come; nil leaves that to the server.
    let timeout: Double?
    let isStream: Bool
    /// Waits until the call's connection is closed.
    let close: @Sendable () async -> Void

    static let userAgent = "centrifugo-proxy-call"

    /// Connects, and sends the first message.
    ///
    /// - Parameters:
    ///   - event: The event to call.
    ///   - target: The server.
    ///   - message: The request's bytes; of a bidirectional stream, its first message's.
    ///   - metadata: Names and values, in addition to those of gRPC itself.
    ///   - timeout: How many seconds connecting may take, and then the answer; for streams, the first message.
    /// - Returns: The call, whose answer has not been read.
    /// - Throws: ``ConnectError`` and ``TLSFileError``.
    package static func open(
        _ event: ProxyEvent,
        at target: ClientTarget,
        message: [UInt8],
        metadata: Metadata = Metadata(),
        timeout: Double
    ) async throws -> ClientCall {
        var configuration = GRPCChannel.Configuration(userAgent: userAgent)
        configuration.connectTimeout = .seconds(timeout)
        // The call's own timeout is there for it.
        configuration.greetingTimeout = nil
        // People who call by hand want to see what the server does.
        configuration.maxReturns = 0
        let channel = try GRPCChannel(target, configuration: configuration)
        try await channel.connect()
        // Only for unary calls, like Centrifugo: a stream stays open.
        let isUnary = !ProxySchema.proxy.method(event).streamsAnswers
        let exchange = channel.open(event.path, metadata: metadata, timeout: isUnary ? UInt64(timeout * 1e9) : nil)
        let call = ClientCall(exchange: exchange, timeout: timeout, isStream: !isUnary) { await channel.shutDown() }
        call.send(message, isLast: endsRequest(event))
        return call
    }

    /// Whether the first message ends the request: Centrifugo never ends its side of a bidirectional stream.
    static func endsRequest(_ event: ProxyEvent) -> Bool {
        !ProxySchema.proxy.method(event).streamsRequests
    }

    /// Sends another message.
    package func send(_ message: [UInt8], isLast: Bool = false) {
        exchange.send(CallRequest.bytes(of: message), isLast: isLast)
    }

    /// Leaves the call with RST_STREAM CANCEL, unless it is over.
    package func leave(_ reason: HTTP2Exchange.Leave) {
        exchange.leave(reason)
    }

    /// Delivers the messages of the answer, one after the other; a cancelled task leaves the call.
    ///
    /// - Parameter take: Handles a message; returning false leaves the call.
    /// - Returns: How the call ended.
    /// - Throws: What `take` throws.
    package func run(_ take: ([UInt8]) async throws -> Bool) async throws -> CallOutcome {
        let clock = timeout.map { timeout in
            Task {
                try await Task.sleep(for: .seconds(timeout))
                exchange.leave(.timedOut)
            }
        }
        defer { clock?.cancel() }
        var reader = AnswerReader()
        var isSatisfied = false
        for await answer in exchange.answers {
            if case .body(let bytes) = answer { exchange.taken(bytes.count) }
            let (messages, outcome) = reader.read(answer, timeout: timeout ?? 0)
            for message in messages where !isSatisfied {
                // A stream has as long as it wants after its first message.
                if isStream { clock?.cancel() }
                do {
                    guard try await !take(message) else { continue }
                } catch {
                    exchange.leave(.interrupted)
                    throw error
                }
                isSatisfied = true
                exchange.leave(.satisfied)
            }
            guard let outcome else { continue }
            // A failed call is left, whatever else might arrive.
            exchange.leave(.satisfied)
            await close()
            return outcome
        }
        guard Task.isCancelled else { return CallOutcome(GRPCStatus(.unavailable, "the connection ended")) }
        exchange.leave(.interrupted)
        await close()
        return CallOutcome(GRPCStatus(.cancelled), leave: .interrupted)
    }
}
