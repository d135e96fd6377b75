import Logging

extension ServerLoop {
    /// Tells operators that a tick took too long, and what most of it was: `event` names the call whose handler had the loop
    /// for longest, and `handler` for how many milliseconds.
    func warnOfHold(for time: UInt64, ofWhichWork workTime: UInt64) {
        let cause =
            workTime > time / 2
            ? " by what peers sent, which took long to decode"
            : "; handlers that compute or block belong on the global executor"
        var metadata: Logger.Metadata = [
            "milliseconds": "\(time / 1_000_000)", "decoding": "\(workTime / 1_000_000)",
        ]
        if workTime <= time / 2, let event = handlerClock.name {
            metadata["event"] = "\(event)"
            metadata["handler"] = "\(handlerClock.longest / 1_000_000)"
        }
        heldTooLong.warn(logger, "an event loop was held\(cause)", metadata: metadata)
    }
}
