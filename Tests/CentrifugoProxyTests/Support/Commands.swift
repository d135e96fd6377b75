import CentrifugoProxy

/// The RPC handler of most tests: each of its methods does one thing that handlers may do.
actor Commands: RPCHandler {
    /// What the handler tells of its calls, with the calls' data.
    enum Event: Equatable, Sendable {
        case began(String)
        case cancelled(String)
        case ended(String)
    }

    /// An application's own error, with text that must not reach peers.
    struct DatabaseError: Error, CustomStringConvertible {
        static let text = "password=hunter2"
        var description: String { Self.text }
    }

    let events = Events<Event>()
    /// Holds the calls of `hold`, `linger` and `elsewhere`.
    let gate = Gate()
    private let other = Other()
    private(set) var calls = 0

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        calls += 1
        let data = try request.payload
        switch request.method {
        case "echo": return RPCResult(data: data)
        case "context": return RPCResult(data: try .json(Seen(context)))
        case "peer": return RPCResult(data: .text(context.peerAddress))
        case "certificate": return RPCResult(data: .text(Self.names(context.peerCertificate)))
        case "count": return RPCResult(data: try .json(calls))
        case "elsewhere": return RPCResult(data: await other.turned(data))
        case "hold": return try await hold(data)
        case "keep":
            _ = try await hold(data)
            return RPCResult()
        case "linger": return await linger(data)
        case "large": return RPCResult(data: .text(String(repeating: "x", count: Int(data.text ?? "") ?? 0)))
        case "not json": return RPCResult(data: .bytes([0x7B]))
        case "fail": throw DatabaseError()
        case "error": throw CentrifugoError.rateLimited
        case "disconnect": throw Disconnect.forbidden
        case "status": throw GRPCStatus(.failedPrecondition, "naïve %")
        case "decode": return RPCResult(data: .text(try data.decode(String.self)))
        default: throw CentrifugoError.notFound
        }
    }

    private static func names(_ certificate: PeerCertificate?) -> String {
        guard let certificate else { return "none" }
        let alternatives = certificate.dnsNames + certificate.uris + certificate.emailAddresses
        return ([certificate.commonName ?? "unnamed"] + alternatives).joined(separator: " ")
    }

    /// Waits for the gate and gives up when it is cancelled.
    private func hold(_ data: Payload) async throws -> RPCResult {
        let name = data.text ?? ""
        events.tell(.began(name))
        await gate.pass()
        guard !Task.isCancelled else {
            events.tell(.cancelled(name))
            throw CancellationError()
        }
        events.tell(.ended(name))
        return RPCResult(data: data)
    }

    /// Waits for the gate and ignores its cancellation.
    private func linger(_ data: Payload) async -> RPCResult {
        let name = data.text ?? ""
        events.tell(.began(name))
        let gate = gate
        await Task { await gate.pass() }.value
        events.tell(.ended(name))
        return RPCResult(data: data)
    }

    /// What a handler sees of its call.
    struct Seen: Codable {
        var event: String
        var metadata: [String: [String]]
        var binary: [[UInt8]]
        var hasDeadline: Bool
        var isLocalPeer: Bool

        init(_ context: CallContext) {
            event = context.event.methodName
            metadata = Dictionary(grouping: context.metadata, by: \.name).mapValues { $0.map(\.value) }
            binary = context.metadata.binary("token-bin")
            hasDeadline = context.deadline != nil && context.remainingTime ?? .zero > .zero
            isLocalPeer = context.peerAddress.hasPrefix("127.0.0.1:")
        }
    }
}

/// Another actor, which a handler calls and returns from.
private actor Other {
    func turned(_ payload: Payload) async -> Payload {
        await Task.yield()
        return .text(String((payload.text ?? "").reversed()))
    }
}
