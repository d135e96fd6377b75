import CentrifugoProxy

/// Answers for notices of Centrifugo's own, and remembers the last ones.
actor Notices: NotifyCacheEmptyHandler, NotifyChannelStateHandler {
    /// A channel's event under its names in the contract's JSON form.
    struct Seen: Encodable {
        let timeMs: Int64
        let channel: String
        let type: String
    }

    /// The events of the last call.
    private(set) var seen: [Seen] = []

    func notifyCacheEmpty(
        _ request: NotifyCacheEmptyRequest,
        context: CallContext
    ) async throws -> NotifyCacheEmptyResult {
        try refuse(ifTold: request.channel)
        return NotifyCacheEmptyResult(populated: request.channel == "filled ✓")
    }

    func notifyChannelState(
        _ request: NotifyChannelStateRequest,
        context: CallContext
    ) async throws -> NotifyChannelStateResult {
        for event in request.events { try refuse(ifTold: event.channel) }
        seen = request.events.map { Seen(timeMs: $0.timeMs, channel: $0.channel, type: $0.type) }
        return NotifyChannelStateResult()
    }
}
