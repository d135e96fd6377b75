package import CentrifugoProxy
import EventCaller
import Foundation
import Logging
import ProtobufWire
import Synchronization

#if HTTPBridge
import ProxyHTTPBridge
#endif

/// The answer of a policy's rules to a call.
package struct PolicyAnswer: Sendable {
    package enum Outcome: Sendable, Equatable {
        case accepted
        case error(Int)
        case disconnect(Int)
        /// A session or a subscription is not extended.
        case expired
        /// The call ends with a status, and Centrifugo gets no answer.
        case failed(String)
        /// The rules were not asked, since that would have an effect.
        case notAsked
    }

    package var outcome: Outcome
    /// The rule that decides, as a sentence without its full stop; nil when there is nothing to say.
    package var rule: String?
    /// Why the call is refused.
    package var reason: RefusalReason?
    /// The user of an accepted connection.
    package var user: String?
    /// The meta of an accepted connection.
    package var meta = Payload.empty
}

/// Asks a policy's rules without a server, for tools that show the answers.
package actor PolicyBackend {
    /// A call that Centrifugo makes.
    package struct Call: Sendable {
        package var event: ProxyEvent
        package var user = ""
        /// The channel or the method.
        package var subject = ""
        package var data = ""
        package var key = ""
        package var meta = Payload.empty
        package var metadata: [(name: String, value: String)] = []

        package init(_ event: ProxyEvent) {
            self.event = event
        }
    }

    private let policy: Policy
    private let file: String
    private let logger = Logger(label: "centrifugo-proxy") { _ in SwiftLogNoOpLogHandler() }
    private var whole: PolicyService?
    private var withoutTokens: PolicyService?

    package init(_ policy: Policy, file: String) {
        self.policy = policy
        self.file = file
    }

    /// Asks the rules.
    ///
    /// RPC calls that the HTTP bridge would pass on are not asked.
    ///
    /// - Throws: An error whose sentence says which part of the policy cannot be used, and why.
    package func answer(to call: Call) async throws -> PolicyAnswer {
        if call.event == .rpc, let answer = try bridged(call) { return answer }
        if call.event == .connect, let answer = try askedElsewhere() { return answer }
        let needsTokens = [.connect, .refresh, .subRefresh].contains(call.event)
        let reason = ReasonRecorder()
        let service = try await service(withTokens: needsTokens).service(behind: [reason])
        var answer: PolicyAnswer
        do {
            answer = try await Self.ask(service, call, logger)
        } catch let status as GRPCStatus {
            answer = PolicyAnswer(outcome: .failed("\(status.code)"))
        }
        answer.rule = rule(for: call)
        // A topic's rule is not the only one that can extend a subscription.
        if call.event == .subRefresh, answer.outcome == .accepted, try policy.makeRegistry().match(call.subject) == nil
        {
            answer.rule = "connect.channels decides"
        }
        if answer.outcome != .accepted { answer.reason = reason.reason }
        return answer
    }

    /// Token storages are opened only when they are needed.
    private func service(withTokens: Bool) async throws -> PolicyService {
        if let service = withTokens ? whole : withoutTokens ?? whole { return service }
        var policy = policy
        if !withTokens { policy.tokens = nil }
        let service = try await PolicyService(policy, file: file, logger: logger)
        if withTokens { whole = service } else { withoutTokens = service }
        return service
    }

    // MARK: Rules

    private func rule(for call: Call) -> String? {
        switch call.event {
        case .connect, .refresh:
            guard policy.connect != nil else { return "The policy has no section connect" }
            if policy.connect?.http != nil {
                return "connect.http ends connections that expire, so that clients connect again"
            }
            return policy.tokens.map { "The section tokens decides: tokens are kept in \($0.source)" }
                ?? "connect.anonymous lets everybody in"
        case .subscribe, .subRefresh, .publish, .mapPublish, .mapRemove:
            guard let match = try? policy.makeRegistry().match(call.subject) else {
                return "No topic of the policy is for \(call.subject)"
            }
            guard let topic = policy.topics.first(where: { $0.pattern == match.pattern.text }) else { return nil }
            let isRead = call.event == .subscribe || call.event == .subRefresh
            return
                "The topic \(topic.pattern) decides: \(isRead ? "who" : "publish") is \((isRead ? topic.who : topic.publish).words)"
        case .rpc:
            return call.subject == "ping" && policy.rpc?.ping == true ? "rpc.ping answers" : "No rule of rpc is for it"
        default: return nil
        }
    }

    /// The bridge's answer, without the request to the upstream; nil for methods that the bridge does not serve.
    private func bridged(_ call: Call) throws -> PolicyAnswer? {
        #if HTTPBridge
        guard let http = policy.rpc?.http, !(call.subject == "ping" && policy.rpc?.ping == true) else { return nil }
        switch try HTTPBridge.preview(of: call.subject, http.configuration) {
        case .allowed(let verb, let url, let rule):
            return PolicyAnswer(
                outcome: .notAsked,
                rule: "rpc.http allows it by \(rule) and sends \(verb) \(url), which is not asked here"
            )
        case .refused(let code):
            return PolicyAnswer(outcome: .error(code), rule: "No rule of rpc.http.allow is for it", reason: .noRule)
        }
        #else
        return nil
        #endif
    }

    /// The answer where an HTTP server decides about connections; nil without one.
    private func askedElsewhere() throws -> PolicyAnswer? {
        #if HTTPBridge
        guard let http = policy.connect?.http else { return nil }
        let url = try HTTPConnectHandler.validate(http.configuration)
        return PolicyAnswer(outcome: .notAsked, rule: "connect.http sends POST \(url), which is not asked here")
        #else
        return nil
        #endif
    }

    // MARK: Requests

    private static func ask(
        _ service: ProxyService,
        _ call: Call,
        _ logger: Logger
    ) async throws -> PolicyAnswer {
        func reply<Result: ReplyResult>(_ request: some WireMessage) async throws -> Reply<Result> {
            let asked = try await JoinedCall.open(
                call.event,
                of: service,
                message: request.wireBytes(),
                metadata: Metadata(call.metadata.map { ($0.name, $0.value) }),
                logger: logger
            )
            return try Reply(wireBytes: try await asked.answer())
        }
        let (user, subject, meta, data) = (call.user, call.subject, call.meta, Array(call.data.utf8))
        switch call.event {
        case .connect:
            let reply: ConnectResponse = try await reply(ConnectRequest(data: data))
            var answer = PolicyAnswer(reply)
            answer.user = reply.result?.user
            answer.meta = reply.result?.meta ?? .empty
            return answer
        case .refresh:
            let reply: RefreshResponse = try await reply(RefreshRequest(user: user, meta: meta))
            return PolicyAnswer(reply, isExpiry: reply.result?.expired != false)
        case .subscribe:
            let request = SubscribeRequest(user: user, channel: subject, meta: meta, data: data)
            return PolicyAnswer(try await reply(request) as SubscribeResponse)
        case .subRefresh:
            let request = SubRefreshRequest(user: user, channel: subject, meta: meta)
            let reply: SubRefreshResponse = try await reply(request)
            return PolicyAnswer(reply, isExpiry: reply.result?.expired != false)
        case .publish:
            let request = PublishRequest(user: user, channel: subject, data: data, meta: meta)
            return PolicyAnswer(try await reply(request) as PublishResponse)
        case .mapPublish:
            let request = MapPublishRequest(user: user, channel: subject, key: call.key, data: data, meta: meta)
            return PolicyAnswer(try await reply(request) as MapPublishResponse)
        case .mapRemove:
            let request = MapRemoveRequest(user: user, channel: subject, key: call.key, meta: meta)
            return PolicyAnswer(try await reply(request) as MapRemoveResponse)
        case .rpc:
            let request = RPCRequest(user: user, method: subject, data: data, meta: meta)
            return PolicyAnswer(try await reply(request) as RPCResponse)
        case .sharedPollRefresh, .notifyCacheEmpty, .notifyChannelState, .subscribeUnidirectional,
            .subscribeBidirectional:
            return PolicyAnswer(outcome: .failed("unimplemented"))
        }
    }
}

extension PolicyAnswer {
    /// The outcome of a reply: a disconnect takes precedence over an error, and an error over a result.
    fileprivate init<Result>(_ reply: Reply<Result>, isExpiry: Bool = false) {
        if let disconnect = reply.disconnect {
            self.init(outcome: .disconnect(Int(disconnect.code)))
        } else if let error = reply.error {
            self.init(outcome: .error(Int(error.code)))
        } else {
            self.init(outcome: isExpiry ? .expired : .accepted)
        }
    }
}

/// Keeps why a call is refused, which its answer does not say.
private final class ReasonRecorder: Interceptor {
    private let context = Mutex<CallContext?>(nil)

    /// Why the call was refused; nil when nobody has said so.
    var reason: RefusalReason? { context.withLock { $0?.refusalReason } }

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        self.context.withLock { $0 = context }
        return try await next(request, context)
    }
}
