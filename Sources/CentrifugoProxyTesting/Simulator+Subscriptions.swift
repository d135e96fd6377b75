import CentrifugoProxy
public import GRPCCall
public import ProxyMessages

extension Simulator {
    /// What becomes of a client that subscribes.
    public func subscribe(_ response: SubscribeResponse) -> SimulatedOutcome {
        subscribe(response, of: .subscribe)
    }

    /// What becomes of a subscription that was about to expire.
    public func subRefresh(_ response: SubRefreshResponse) -> SimulatedOutcome {
        var rules = AnswerRules(.subRefresh, self)
        rules.ignoreRefusals(of: response)
        guard let result = response.result else {
            rules.warn(.missingResult, "no result ends the subscription")
            return rules.unsubscribed(2501)
        }
        _ = rules.payload(result.info, result.b64info, "info")
        if result.expired { return rules.unsubscribed(2501) }
        if result.expireAt == 0 {
            rules.warn(.neverExpiresAgain, "expire_at 0 means that nobody is asked about this subscription again")
        }
        guard let expires = rules.expiry(result.expireAt) else { return rules.unsubscribed(2501) }
        return rules.outcome(.prolonged(expires))
    }

    /// What becomes of a client that subscribes by a stream, by the stream's first message.
    ///
    /// - Parameter message: The first message; nil when none came within the timeout, or the stream ended before.
    /// - Returns: What becomes of it.
    public func streamBegins(with message: StreamSubscribeResponse?) -> SimulatedOutcome {
        var rules = AnswerRules(.subscribeUnidirectional, self)
        guard let message else { return rules.internalError() }
        if message.publication != nil {
            rules.warn(.droppedPublication, "a publication in the first message reaches nobody")
        }
        guard let response = message.subscribeResponse else {
            rules.warn(.noSubscribeResponse, "the first message has to carry subscribe_response")
            return rules.internalError()
        }
        return subscribe(response, of: .subscribeUnidirectional, rules: rules)
    }

    /// What becomes of a subscribed client whose stream ends.
    public func streamEnds(with status: GRPCStatus) -> SimulatedOutcome {
        var rules = AnswerRules(.subscribeUnidirectional, self)
        guard status.code == .ok else { return rules.unsubscribed(2500) }
        rules.warn(.endsForGood, "after OK no client subscribes again; any other status has it subscribe again")
        return rules.outcome(.unsubscribed(code: 2000), next: .finished)
    }

    private func subscribe(
        _ response: SubscribeResponse,
        of event: ProxyEvent,
        rules: AnswerRules? = nil
    ) -> SimulatedOutcome {
        var rules = rules ?? AnswerRules(event, self)
        if let refused = rules.refusal(response) { return refused }
        guard let result = response.result else {
            rules.warn(.emptyAnswerAllows, "an answer without a result allows")
            return rules.outcome(.subscribed(expires: .never))
        }
        _ = rules.payload(result.info, result.b64info, "info")
        let data = rules.payload(result.data, result.b64data, "data", isTheClients: true)
        if rules.isBroken { return rules.internalError() }
        guard let expires = rules.expiry(result.expireAt) else { return rules.error(110, "expired") }
        return rules.outcome(.subscribed(expires: expires), data: data)
    }
}
