package import CentrifugoProxy
package import GRPCCall
import HTTP2Framing
package import HTTP2Transport

/// One call of an event, on a connection of its own.
package struct ClientCall: Sendable {
    let exchange: HTTP2Exchange
    /// Seconds until this side leaves, unless a message has come; nil leaves that to the server.
    let timeout: Double?

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
        let headers = headers(
            of: event,
            scheme: target.tls == nil ? "http" : "https",
            authority: target.address.authority,
            metadata: metadata,
            // Only for unary calls, like Centrifugo: a stream stays open.
            timeout: ProxySchema.proxy.method(event).streamsAnswers ? nil : UInt64(timeout * 1e9)
        )
        let exchange = try await HTTP2Exchange.open(target, request: headers, timeout: timeout)
        let call = ClientCall(exchange: exchange, timeout: timeout)
        call.send(message, isLast: endsRequest(event))
        return call
    }

    /// The header list of a call with a timeout in nanoseconds.
    static func headers(
        of event: ProxyEvent,
        scheme: String,
        authority: String,
        metadata: Metadata,
        timeout: UInt64?
    ) -> HeaderFields {
        var fields: [(name: String, value: String)] = [
            (":scheme", scheme), (":path", event.path), (":authority", authority), ("te", "trailers"),
            ("content-type", "application/grpc"), ("user-agent", "centrifugo-proxy-call"),
            ("grpc-accept-encoding", "identity"),
        ]
        if let timeout { fields.append(("grpc-timeout", GRPCTimeout.headerValue(nanoseconds: timeout))) }
        return HeaderFields(fixed: [(":method", "POST")], made: fields + metadata.headerFields)
    }

    /// Whether the first message ends the request: Centrifugo never ends its side of a bidirectional stream.
    static func endsRequest(_ event: ProxyEvent) -> Bool {
        !ProxySchema.proxy.method(event).streamsRequests
    }

    /// A message with its length prefix.
    static func bytes(of message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        LengthPrefix(isCompressed: false, length: message.count).append(to: &bytes)
        return bytes + message
    }

    /// Sends another message.
    package func send(_ message: [UInt8], isLast: Bool = false) {
        exchange.send(Self.bytes(of: message), isLast: isLast)
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
                clock?.cancel()
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
            await exchange.closed()
            return outcome
        }
        guard Task.isCancelled else { return CallOutcome(GRPCStatus(.unavailable, "the connection ended")) }
        exchange.leave(.interrupted)
        await exchange.closed()
        return CallOutcome(GRPCStatus(.cancelled), leave: .interrupted)
    }
}

/// How a call ended.
package struct CallOutcome: Sendable, Equatable {
    /// The server's status, or one that says why there is none.
    package let status: GRPCStatus
    /// Why this side left, if it did.
    package let leave: HTTP2Exchange.Leave?

    init(_ status: GRPCStatus, leave: HTTP2Exchange.Leave? = nil) {
        self.status = status
        self.leave = leave
    }
}

extension CallOutcome: CustomStringConvertible {
    /// The status's name and number, and the message.
    package var description: String {
        let name = "\(status.code)".reduce(into: "") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.uppercased()
        }
        let code = status.code == .internalError ? "INTERNAL" : name
        return "\(code) (\(status.code.rawValue))" + (status.message.isEmpty ? "" : ": \(status.message)")
    }
}
