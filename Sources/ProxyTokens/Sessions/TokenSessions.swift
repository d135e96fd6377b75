#if Tokens
public import CentrifugoProxy
public import Logging

/// Accepts clients with a valid token, and ends their connections and subscriptions when the token is no longer valid.
///
/// A client sends its token when it connects. Later calls contain the token's reference in the connection's `meta`,
/// which Centrifugo sends only with `include_connection_meta` in the options of its refresh and sub-refresh proxies.
///
/// | | valid | unknown, expired, revoked | the verifier fails |
/// |---|---|---|---|
/// | Connect | accepted until the token expires, or for the session's interval | disconnect 4500 | error 100, the SDK tries again |
/// | Refresh, SubRefresh | extended likewise | expired | Centrifugo continues for a minute and asks again |
public actor TokenSessions: ConnectHandler, RefreshHandler, SubRefreshHandler {
    // Centrifugo's own limit.
    private static let longestInterval = Duration.seconds(365 * 86_400)
    private static let shortestInterval = Duration.seconds(2)

    private let verifier: CachedVerifier
    private let configuration: Configuration
    private let clock: UnixClock
    private let logger: Logger
    private var hasWarned = false

    /// Makes the handler.
    ///
    /// - Parameters:
    ///   - verifier: Checks the tokens. Clients that connect with one token at the same time cause one lookup; wrap the
    ///     verifier in a ``CachedVerifier`` to remember tokens for a while.
    ///   - configuration: How clients send tokens, and what a connection gets.
    ///   - clock: The clock for the expiry of connections and tokens.
    ///   - logger: Receives warnings about missing configuration. Tokens are never logged.
    public init(
        _ verifier: any TokenVerifier,
        configuration: Configuration = Configuration(),
        clock: UnixClock = .system,
        logger: Logger
    ) {
        self.verifier = verifier as? CachedVerifier ?? CachedVerifier(verifier, clock: clock)
        self.configuration = configuration
        self.clock = clock
        self.logger = logger.printable
    }

    /// Answers a client that connects.
    public func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        guard let secret = try secret(of: request, context: context) else {
            guard let anonymous = configuration.anonymous else { throw context.unauthorized(.noToken) }
            return try await anonymous(request)
        }
        guard let token = try await token(context, { try await verifier.verdict(secret) }) else {
            throw Disconnect.unauthorized
        }
        guard !token.user.isEmpty else { throw context.unauthorized(.unknownToken) }
        guard let expireAt = expireAt(of: token, interval: configuration.sessionInterval) else {
            throw context.unauthorized(.expired)
        }
        return ConnectResult(
            user: token.user,
            expireAt: expireAt,
            info: try await configuration.info(token),
            data: try await configuration.data(token),
            subs: try await configuration.subscriptions(token),
            meta: try ConnectionMeta.adding(
                token.reference,
                under: configuration.metaKey,
                to: try await configuration.meta(token)
            )
        )
    }

    /// Extends a connection whose token is still valid.
    public func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        let interval = configuration.sessionInterval
        let until = try await prolongation(of: request.user, meta: request.meta, interval: interval, context)
        return until.map { .prolonged(until: $0) } ?? .expired
    }

    /// Extends a subscription of a connection whose token is still valid.
    public func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        let interval = configuration.subscriptionInterval
        let until = try await prolongation(of: request.user, meta: request.meta, interval: interval, context)
        return until.map { .prolonged(until: $0) } ?? .expired
    }

    /// The token in the client's data, or else in the metadata; nil without one.
    private func secret(of request: ConnectRequest, context: CallContext) throws -> TokenSecret? {
        do {
            let payload = try request.payload
            if !payload.isEmpty, let text = try payload.decode(StringFields.self)[configuration.dataKey], !text.isEmpty
            {
                return TokenSecret(text)
            }
        } catch {
            context.refusalReason = .noToken
            throw error
        }
        guard let key = configuration.metadataKey else { return nil }
        let values = context.metadata[key]
        // A header of the client and one of Centrifugo's with the same name are two values, and either may be the
        // forged one.
        guard values.count < 2 else { throw context.unauthorized(.unknownToken) }
        // RFC 9110 §11.1: the scheme is case-insensitive.
        guard let value = values.first, value.prefix(7).lowercased() == "bearer " else { return nil }
        let text = value.dropFirst(7).drop { $0 == " " }
        return text.isEmpty ? nil : TokenSecret(String(text))
    }

    /// When a connection or a subscription expires next, in unix seconds; nil when it ends now.
    private func prolongation(
        of user: String,
        meta: Payload,
        interval: Duration,
        _ context: CallContext
    ) async throws -> Int64? {
        guard !meta.isEmpty else {
            warnOfMissingMeta()
            context.refusalReason = .noMeta
            return nil
        }
        guard let reference = ConnectionMeta.reference(in: meta, under: configuration.metaKey) else {
            context.refusalReason = .noToken
            return nil
        }
        guard let token = try await token(context, { try await verifier.verdict(reference: reference) }) else {
            return nil
        }
        guard token.user.isExactly(user) else {
            context.refusalReason = .notOwner
            return nil
        }
        let end = expireAt(of: token, interval: interval)
        if end == nil { context.refusalReason = .expired }
        return end
    }

    /// The token that a lookup finds; if it finds no valid one, sets the call's reason.
    private func token(
        _ context: CallContext,
        _ lookUp: () async throws -> TokenVerdict
    ) async throws -> Token? {
        let verdict: TokenVerdict
        do {
            // Its time is what the call waited, also when other calls wait for the same lookup.
            verdict = try await ChildSpan.run("token lookup") { span in
                let verdict = try await lookUp()
                if case .refused(let reason) = verdict { span?.set("centrifugo.reason", reason.rawValue) }
                return verdict
            }
        } catch {
            if !(error is CancellationError) { context.refusalReason = .storageDown }
            throw error
        }
        if case .refused(let reason) = verdict { context.refusalReason = reason }
        return verdict.token
    }

    /// The end of the interval or of the token, whichever is earlier; nil when that is about now.
    private func expireAt(of token: Token, interval: Duration) -> Int64? {
        let limit = clock.time(after: min(max(interval, Self.shortestInterval), Self.longestInterval))
        guard let end = token.expireAt else { return limit }
        // The answer takes a moment, and SDKs give up for good when the time has passed on arrival.
        return end > clock.now + 1 ? min(end, limit) : nil
    }

    private func warnOfMissingMeta() {
        guard !hasWarned else { return }
        hasWarned = true
        logger.warning(
            "connections expire, since Centrifugo does not send their token's reference",
            metadata: [
                "centrifugo": "set include_connection_meta to true in its refresh and sub_refresh proxies",
                "reason": "\(RefusalReason.noMeta)",
            ]
        )
    }
}

extension CallContext {
    /// Refuses a connection for a reason.
    fileprivate func unauthorized(_ reason: RefusalReason) -> Disconnect {
        refusalReason = reason
        return .unauthorized
    }
}
#endif
