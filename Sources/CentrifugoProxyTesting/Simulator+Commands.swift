import CentrifugoProxy
public import ProxyMessages

extension Simulator {
    /// The outcome of a publication; the outcome's data is published in place of the client's.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - channel: The channel, for refusals of Centrifugo itself; nil stands for one that it asks about.
    /// - Returns: The outcome.
    public func publish(_ response: PublishResponse, to channel: String? = nil) -> SimulatedOutcome {
        if let unasked = unaskedPublish(to: channel, AnswerRules(.publish, self)) { return unasked }
        return command(.publish, response) { rules, result in
            rules.payload(result.data, result.b64data, "data", plainWins: true)
        }
    }

    /// The outcome of a client's call; the outcome's data is what the client receives.
    public func rpc(_ response: RPCResponse) -> SimulatedOutcome {
        command(.rpc, response) { rules, result in
            rules.payload(result.data, result.b64data, "data", isTheClients: true)
        }
    }

    /// The outcome for a key that a client sets; the outcome's data is set in place of the client's.
    ///
    /// The client of an accepted one gets error 107.
    public func mapPublish(_ response: MapPublishResponse) -> SimulatedOutcome {
        command(.mapPublish, response) { rules, result in
            if !["", "if_new", "if_exists"].contains(result.keyMode) {
                rules.warn(.unknownKeyMode, "key_mode is if_new, if_exists or empty, and not \(result.keyMode)")
            }
            _ = rules.payload(result.streamData, result.b64streamData, "stream_data", plainWins: true)
            return rules.payload(result.data, result.b64data, "data", plainWins: true)
        }
    }

    /// The outcome for a key that a client removes; the client of an accepted one gets error 107.
    public func mapRemove(_ response: MapRemoveResponse) -> SimulatedOutcome {
        command(.mapRemove, response) { _, _ in [] }
    }

    private func command<Result: ReplyResult>(
        _ event: ProxyEvent,
        _ response: Reply<Result>,
        read: (inout AnswerRules, Result) -> [UInt8]
    ) -> SimulatedOutcome {
        var rules = AnswerRules(event, self)
        if rules.isTooLarge(response) { return rules.failure() }
        if let refused = rules.refusal(response) { return refused }
        guard let result = response.result else {
            rules.warn(.emptyAnswerAllows, "an answer without a result allows")
            return accepted(event, rules)
        }
        let data = read(&rules, result)
        if rules.isBroken { return rules.failure() }
        return rules.closesClient ? rules.closedByPayload() : accepted(event, rules, data: data)
    }

    private func accepted(_ event: ProxyEvent, _ rules: AnswerRules, data: [UInt8] = []) -> SimulatedOutcome {
        guard event == .mapPublish || event == .mapRemove else { return rules.outcome(.accepted, data: data) }
        return rules.outcome(.acceptedWithError(code: 107, message: "bad request"), next: .reportsError, data: data)
    }

    // MARK: Events without a client

    /// The outcome of a polling cycle.
    public func sharedPollRefresh(_ response: SharedPollRefreshResponse) -> SimulatedOutcome {
        question(.sharedPollRefresh, response)
    }

    /// The outcome of a batch of channel events.
    public func notifyChannelState(_ response: NotifyChannelStateResponse) -> SimulatedOutcome {
        question(.notifyChannelState, response)
    }

    /// The outcome for a subscription that recovers from an empty cache.
    public func notifyCacheEmpty(_ response: NotifyCacheEmptyResponse) -> SimulatedOutcome {
        var rules = AnswerRules(.notifyCacheEmpty, self)
        if rules.isTooLarge(response) { return rules.failure() }
        rules.ignoreRefusals(of: response)
        return rules.outcome(.recovered(populated: response.result?.populated ?? false))
    }

    private func question<Result: ReplyResult>(_ event: ProxyEvent, _ response: Reply<Result>) -> SimulatedOutcome {
        var rules = AnswerRules(event, self)
        if rules.isTooLarge(response) { return rules.failure() }
        if response.disconnect != nil { rules.warn(.ignoredField, "disconnect: this answer has no such field") }
        if let error = response.error {
            // Only Centrifugo's log shows it.
            return rules.outcome(.nothingChanges, next: NextStep(after: error, of: event))
        }
        let isEmpty = event == .sharedPollRefresh && response.result == nil
        return rules.outcome(isEmpty ? .nothingChanges : .accepted)
    }
}
