import CentrifugoProxy
public import GRPCCall
public import ProxyMessages

extension Simulator {
    /// The outcome for a client that subscribes without a token.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - channel: The channel, for refusals of Centrifugo itself; nil stands for one that it asks about.
    /// - Returns: The outcome.
    public func subscribe(_ response: SubscribeResponse, to channel: String? = nil) -> SimulatedOutcome {
        var rules = AnswerRules(.subscribe, self)
        if let unasked = unaskedSubscribe(to: channel, rules) { return unasked }
        return rules.isTooLarge(response) ? rules.failure() : subscribe(response, rules, isStream: false)
    }

    /// The outcome for a subscription that was about to expire.
    public func subRefresh(_ response: SubRefreshResponse) -> SimulatedOutcome {
        var rules = AnswerRules(.subRefresh, self)
        if rules.isTooLarge(response) { return rules.failure() }
        rules.ignoreRefusals(of: response)
        guard let result = response.result else {
            rules.warn(.missingResult, "no result ends the subscription")
            return rules.unsubscribed(2501)
        }
        if result.expired { return rules.unsubscribed(2501) }
        _ = rules.payload(result.info, result.b64info, "info")
        if rules.isBroken { return rules.unsubscribed(2501) }
        if result.expireAt == 0 {
            rules.warn(.neverExpiresAgain, "expire_at 0 means that nobody is asked about this subscription again")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.unsubscribed(2501) }
        return rules.outcome(.prolonged(expires))
    }

    /// The outcome for a client that subscribes by a stream, by the stream's first message.
    ///
    /// - Parameters:
    ///   - message: The first message; nil when none came within the timeout, or the stream ended before.
    ///   - channel: The channel, for refusals of Centrifugo itself; nil stands for one that it asks about.
    /// - Returns: The outcome.
    public func streamBegins(
        with message: StreamSubscribeResponse?,
        to channel: String? = nil
    ) -> SimulatedOutcome {
        var rules = AnswerRules(.subscribeUnidirectional, self)
        if let unasked = unaskedSubscribe(to: channel, rules) { return unasked }
        guard let message, !rules.isTooLarge(message) else { return rules.failure() }
        if message.publication != nil {
            rules.warn(.droppedPublication, "a publication in the first message reaches nobody")
        }
        guard let response = message.subscribeResponse else {
            rules.warn(.noSubscribeResponse, "the first message has to carry subscribe_response")
            return rules.failure()
        }
        return subscribe(response, rules, isStream: true)
    }

    /// The outcome for a subscribed client whose stream ends.
    public func streamEnds(with status: GRPCStatus) -> SimulatedOutcome {
        var rules = AnswerRules(.subscribeUnidirectional, self)
        guard status.code == .ok else { return rules.unsubscribed(2500) }
        rules.warn(.endsForGood, "after OK no client subscribes again; any other status has it subscribe again")
        return rules.outcome(.unsubscribed(code: 2000), next: .finished)
    }

    private func subscribe(
        _ response: SubscribeResponse,
        _ rules: AnswerRules,
        isStream: Bool
    ) -> SimulatedOutcome {
        var rules = rules
        if let refused = rules.refusal(response) { return refused }
        if response.result == nil { rules.warn(.emptyAnswerAllows, "an answer without a result allows") }
        let result = response.result ?? SubscribeResult()
        _ = rules.payload(result.info, result.b64info, "info")
        let data = rules.payload(result.data, result.b64data, "data", isTheClients: true)
        if rules.isBroken { return rules.failure() }
        let features = features(result.override, isStream: isStream, &rules)
        guard let expires = rules.expiry(result.expireAt) else { return rules.error(110, "expired") }
        if rules.closesClient { return rules.closedByPayload() }
        var outcome = rules.outcome(.subscribed(expires: expires), data: data)
        outcome.features = features
        return outcome
    }
}
