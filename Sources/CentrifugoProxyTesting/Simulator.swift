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
/// The rules are those of Centrifugo 6.9.1 and of its SDK for browsers. The outcome's warnings report effects that the
/// answer's author probably did not intend. What depends on Centrifugo's configuration is a property here, with
/// Centrifugo's default.
public struct Simulator: Sendable {
    /// The longest time that Centrifugo supports, in seconds.
    static let longestExpiry: Int64 = 365 * 86_400
    /// The most bytes of an answer; the call with a larger one fails.
    static let largestAnswer = 4 * 1_024 * 1_024

    /// The current time, in unix seconds; nil uses the clock.
    public var now: Int64?
    /// How the client's payloads are transferred, `json` or `binary`.
    public var encoding = "json"
    /// The protocol that the client speaks, `json` or `protobuf`; by default `protobuf` for payloads in `binary`.
    public var `protocol`: String {
        get { ownProtocol ?? (encoding == "binary" ? "protobuf" : "json") }
        set { ownProtocol = newValue }
    }
    /// The channel namespaces of Centrifugo's configuration; nil accepts all names.
    public var namespaces: Set<String>?
    /// The options of the namespace of the answer's channel.
    public var options: ChannelOptions
    /// How many channels a client may have, `client.channel_limit`; with 0 or less there is no limit.
    public var channelLimit = 128
    /// How many bytes the name of a channel may have, `channel.max_length`.
    public var maxChannelLength = 255
    /// The prefix of channels that need a token, `channel.private_prefix`; empty also means `$`.
    public var privatePrefix = "$"
    /// The separator of a namespace and the rest of a channel, `channel.namespace_boundary`.
    public var namespaceBoundary = ":"
    /// Whether clients are accepted if the backend does not decide about them,
    /// `client.allow_anonymous_connect_without_token`.
    public var allowsAnonymousConnect = false
    private var ownProtocol: String?

    /// Makes a simulator.
    ///
    /// - Parameters:
    ///   - now: The current time, in unix seconds; nil uses the clock.
    ///   - encoding: How the client's payloads are transferred, `json` or `binary`.
    ///   - name: The protocol that the client speaks, `json` or `protobuf`; nil means `protobuf` for payloads in
    ///     `binary`.
    ///   - namespaces: The channel namespaces of Centrifugo's configuration; nil accepts all names. A channel without a
    ///     namespace needs none.
    ///   - options: The options of the namespace of the answer's channel.
    public init(
        now: Int64? = nil,
        encoding: String = "json",
        protocol name: String? = nil,
        namespaces: Set<String>? = nil,
        options: ChannelOptions = ChannelOptions()
    ) {
        ownProtocol = name
        self.now = now
        self.encoding = encoding
        self.namespaces = namespaces
        self.options = options
    }

    /// The outcome of a call that ended with a status, timed out, or was reset; Centrifugo treats these alike.
    public func failure(of event: ProxyEvent) -> SimulatedOutcome {
        AnswerRules(event, self).failure()
    }

    // MARK: Connections

    /// The outcome for a client that connects.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - wishes: The channels of the request.
    /// - Returns: The outcome.
    public func connect(_ response: ConnectResponse, wishes: [String] = []) -> SimulatedOutcome {
        var rules = AnswerRules(.connect, self)
        if rules.isTooLarge(response) { return rules.failure() }
        if let refused = rules.refusal(response) { return refused }
        guard let result = response.result else {
            if allowsAnonymousConnect {
                rules.warn(.emptyAnswerAllows, "no result lets an anonymous client in")
                return rules.outcome(.connected(user: "", expires: .never))
            }
            rules.warn(.missingResult, "no result closes the connection; an empty one accepts")
            return rules.closed(3501, "bad request")
        }
        if result == ConnectResult() { rules.warn(.emptyAnswerAllows, "an empty result lets an anonymous client in") }
        rules.checkMeta(result.meta)
        _ = rules.payload(result.info, result.b64info, "info")
        let data = rules.payload(result.data, result.b64data, "data", isTheClients: true)
        for (channel, options) in result.subs.sorted(by: { $0.key < $1.key }) {
            _ = rules.payload(options.info, options.b64info, "info of \(channel)")
            _ = rules.payload(options.data, options.b64data, "data of \(channel)", isTheClients: true)
        }
        if rules.isBroken { return rules.failure() }
        let channels = subscribed(by: result, &rules)
        let unknown = channels.filter { !knows($0) }
        if !unknown.isEmpty {
            rules.warn(.unknownNamespace, "\(unknown.joined(separator: ", ")): the whole connect fails")
            return rules.error(102, "unknown channel")
        }
        let ignored = wishes.filter { !channels.contains($0) }
        if !ignored.isEmpty {
            rules.warn(.wishIgnored, "\(ignored.joined(separator: ", ")): wished for, and not returned")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.error(110, "expired") }
        if channelLimit > 0, channels.count > channelLimit {
            rules.warn(.tooManyChannels, "\(channels.count) channels, above \(channelLimit), close the connection")
            return rules.closed(3505, "channel limit")
        }
        if rules.closesClient { return rules.closedByPayload() }
        var outcome = rules.outcome(.connected(user: result.user, expires: expires), data: data)
        outcome.channels = channels
        return outcome
    }

    /// The outcome for a connection that was about to expire.
    public func refresh(_ response: RefreshResponse) -> SimulatedOutcome {
        var rules = AnswerRules(.refresh, self)
        if rules.isTooLarge(response) { return rules.failure() }
        rules.ignoreRefusals(of: response)
        guard let result = response.result else {
            rules.warn(.missingResult, "no result ends the connection")
            return rules.closed(3005, "connection expired")
        }
        rules.checkMeta(result.meta)
        if result.expired { return rules.closed(3005, "connection expired") }
        _ = rules.payload(result.info, result.b64info, "info")
        if rules.isBroken { return rules.closed(3004, "internal server error") }
        if result.expireAt == 0 {
            rules.warn(.zeroEndsConnection, "expire_at 0 ends the connection here, and does not mean never")
            return rules.closed(3005, "connection expired")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.closed(3005, "connection expired") }
        return rules.outcome(.prolonged(expires))
    }
}
