import HTTP2Transport

/// The one timer that a stream has at a time, and what it is for.
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

    /// What the timer was for that has fired.
    mutating func fired() -> Purpose? {
        defer { armed = nil }
        return armed?.purpose
    }
}
