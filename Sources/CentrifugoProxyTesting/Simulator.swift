public import CentrifugoProxy
public import ProxyMessages

/// Applies Centrifugo's rules to an answer: what the end user gets, and what the client's SDK does next.
///
/// ```swift
/// let outcome = Simulator().subRefresh(try await client.subRefresh("news"))
/// #expect(outcome.next == .subscribesAgain)
/// #expect(outcome.traps.isEmpty, "\(outcome)")
/// ```
///
/// The rules are those of Centrifugo 6.9 and of its SDK for browsers. What an answer does that its author can hardly have
/// meant is among the outcome's warnings.
public struct Simulator: Sendable {
    /// Centrifugo counts no further, in seconds.
    static let longestExpiry: Int64 = 365 * 86_400

    /// The time that counts as now, in unix seconds; nil is the clock's.
    public var now: Int64?
    /// How the client's payloads travel, `json` or `binary`.
    public var encoding = "json"
    /// The protocol the client speaks, `json` or `protobuf`; unless it is set, `protobuf` for payloads in `binary`.
    public var `protocol`: String {
        get { ownProtocol ?? (encoding == "binary" ? "protobuf" : "json") }
        set { ownProtocol = newValue }
    }
    /// The channel namespaces of Centrifugo's configuration; nil knows all of them.
    public var namespaces: Set<String>?
    private var ownProtocol: String?

    /// Makes a simulator.
    ///
    /// - Parameters:
    ///   - now: The time that counts as now, in unix seconds; nil is the clock's.
    ///   - encoding: How the client's payloads travel, `json` or `binary`.
    ///   - name: The protocol the client speaks, `json` or `protobuf`; nil is `protobuf` for payloads in `binary`.
    ///   - namespaces: The channel namespaces that Centrifugo knows; nil knows all. A channel without one needs none.
    public init(
        now: Int64? = nil,
        encoding: String = "json",
        protocol name: String? = nil,
        namespaces: Set<String>? = nil
    ) {
        ownProtocol = name
        self.now = now
        self.encoding = encoding
        self.namespaces = namespaces
    }

    /// A call that ended with a status, timed out, or was reset: all the same to Centrifugo.
    public func failure(of event: ProxyEvent) -> SimulatedOutcome {
        let rules = AnswerRules(event, self)
        return switch event {
        case .refresh, .subRefresh: rules.outcome(.keptForAMinute, next: .staysForAMinute)
        case .sharedPollRefresh, .notifyChannelState: rules.outcome(.nothingChanges, next: .asksAgain)
        default: rules.internalError()
        }
    }

    // MARK: Connections

    /// What becomes of a client that connects.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - wishes: The channels of the request.
    /// - Returns: What becomes of it.
    public func connect(_ response: ConnectResponse, wishes: [String] = []) -> SimulatedOutcome {
        var rules = AnswerRules(.connect, self)
        if let refused = rules.refusal(response) { return refused }
        guard let result = response.result else {
            rules.warn(.missingResult, "no result closes the connection; an empty one accepts")
            return rules.closed(3501, "bad request")
        }
        if result == ConnectResult() { rules.warn(.emptyAnswerAllows, "an empty result lets an anonymous client in") }
        rules.checkMeta(result.meta)
        _ = rules.payload(result.info, result.b64info, "info")
        let data = rules.payload(result.data, result.b64data, "data", isTheClients: true)
        let subscribed = Set(result.channels).union(result.subs.keys)
        for (channel, options) in result.subs.sorted(by: { $0.key < $1.key }) {
            _ = rules.payload(options.info, options.b64info, "info of \(channel)")
            _ = rules.payload(options.data, options.b64data, "data of \(channel)", isTheClients: true)
        }
        if rules.isBroken { return rules.internalError() }
        let unknown = subscribed.filter { !knows($0) }.sorted()
        if !unknown.isEmpty {
            rules.warn(.unknownNamespace, "\(unknown.joined(separator: ", ")): the whole connect fails")
            return rules.error(102, "unknown channel")
        }
        let ignored = wishes.filter { !subscribed.contains($0) }
        if !ignored.isEmpty {
            rules.warn(.wishIgnored, "\(ignored.joined(separator: ", ")): wished for, and not returned")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.error(110, "expired") }
        return rules.outcome(.connected(user: result.user, expires: expires), data: data)
    }

    /// What becomes of a connection that was about to expire.
    public func refresh(_ response: RefreshResponse) -> SimulatedOutcome {
        var rules = AnswerRules(.refresh, self)
        rules.ignoreRefusals(of: response)
        guard let result = response.result else {
            rules.warn(.missingResult, "no result ends the connection")
            return rules.closed(3005, "connection expired")
        }
        rules.checkMeta(result.meta)
        _ = rules.payload(result.info, result.b64info, "info")
        if result.expired { return rules.closed(3005, "connection expired") }
        if result.expireAt == 0 {
            rules.warn(.zeroEndsConnection, "expire_at 0 ends the connection here, and does not mean never")
            return rules.closed(3005, "connection expired")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.closed(3005, "connection expired") }
        return rules.outcome(.prolonged(expires))
    }

    private func knows(_ channel: String) -> Bool {
        guard let namespaces, let colon = channel.firstIndex(of: ":") else { return true }
        // A `$` in front marks a channel that needs a token.
        return namespaces.contains(String(channel[..<colon].drop { $0 == "$" }))
    }
}
