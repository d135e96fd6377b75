import HTTP2Transport

/// The timer of a stream, which has one at a time, and its purpose.
struct StreamTimer<Purpose> {
    private var armed: (purpose: Purpose, timer: Int32)?

    /// Calls `owner.deadlinePassed()` at `time`, and not at the time that was set before.
    mutating func set(_ purpose: Purpose, at time: UInt64, on loop: ServerLoop, owner: any DeadlineOwner) {
        clear(on: loop)
        armed = (purpose, loop.arm(time, owner: owner))
    }

    mutating func clear(on loop: ServerLoop) {
        if let armed { loop.disarm(armed.timer) }
        armed = nil
    }

    /// The purpose of the timer that has fired.
    mutating func fired() -> Purpose? {
        defer { armed = nil }
        return armed?.purpose
    }
}
