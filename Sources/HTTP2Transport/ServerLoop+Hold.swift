import Logging

extension ServerLoop {
    /// Tells operators that a tick took too long, and what most of it was.
    func warnOfHold(for time: UInt64, ofWhichWork workTime: UInt64) {
        let cause =
            workTime > time / 2
            ? " by what peers sent, which took long to decode"
            : "; handlers that compute or block belong on the global executor"
        heldTooLong.warn(
            logger,
            "an event loop was held\(cause)",
            metadata: ["milliseconds": "\(time / 1_000_000)", "decoding": "\(workTime / 1_000_000)"]
        )
    }
}
