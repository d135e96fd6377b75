/// The configuration of the ready server: the policy file.
///
/// Every section is optional; whatever the policy does not allow is refused.
package struct Policy: Codable, Equatable, Sendable {
    var listeners: [ListenerPolicy]
    var secret: SecretPolicy?
    var limits: LimitsPolicy
    var log: LogPolicy
    var admin: AdminPolicy?
    var tracing: TracingPolicy?
    var executor: ExecutorPolicy
    var tokens: TokensPolicy?
    var connect: ConnectPolicy?
    var topics: [TopicPolicy]
    var rpc: RPCPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case listeners, secret, limits, log, admin, tracing, executor, tokens, connect, topics, rpc
    }

    /// Decodes a policy; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        listeners = try fields.list(.listeners) ?? [.standard]
        secret = try fields.section(.secret)
        limits = try fields.section(.limits) ?? LimitsPolicy()
        log = try fields.section(.log) ?? LogPolicy()
        admin = try fields.section(.admin)
        tracing = try fields.section(.tracing)
        executor = try fields.section(.executor) ?? ExecutorPolicy()
        tokens = try fields.section(.tokens)
        connect = try fields.section(.connect)
        topics = try fields.list(.topics) ?? []
        rpc = try fields.section(.rpc)
        guard !listeners.isEmpty else {
            throw fields.mistake(.listeners, "is empty; add at least one listener")
        }
        if let connect, !connect.anonymous, tokens == nil, connect.http == nil {
            throw fields.mistake(.connect, "accepts nobody; add tokens, http, or anonymous: true")
        }
        if connect?.http != nil, tokens != nil {
            throw fields.mistake(.tokens, "is there beside connect.http; keep the one that decides who may connect")
        }
    }
}

/// How many event loops there are, and where handlers run.
struct ExecutorPolicy: Codable, Equatable, Sendable {
    static let places = ["event_loop", "global"]

    var eventLoops: Int?
    var handlers = "event_loop"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case eventLoops = "event_loops"
        case handlers
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        eventLoops = try fields.number(.eventLoops, in: 1...1_024)
        handlers = try fields.value(.handlers, or: handlers)
        guard Self.places.contains(handlers) else {
            throw fields.mistake(.handlers, "is \"\(handlers)\"; choose event_loop or global")
        }
    }
}
