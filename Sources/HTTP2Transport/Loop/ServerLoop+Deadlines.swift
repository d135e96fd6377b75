import NIOCore

extension ServerLoop {
    /// Calls `owner.deadlinePassed()` when `deadline`, in nanoseconds of `clock`, has passed.
    package func arm(_ deadline: UInt64, owner: any DeadlineOwner) -> Int32 {
        if !isWheelTurning {
            isWheelTurning = true
            _ = deadlines.advance(to: Self.clock)
            turnWheelLater()
        }
        return deadlines.arm(deadline, owner: owner)
    }

    /// Takes back a deadline that has not passed.
    package func disarm(_ timer: Int32) {
        deadlines.disarm(timer)
    }

    private func turnWheelLater() {
        let loop = LoopConfined(self)
        eventLoop.scheduleTask(in: .nanoseconds(Int64(DeadlineWheel<any DeadlineOwner>.resolution))) {
            loop.value.turnWheel()
        }
    }

    private func turnWheel() {
        for owner in deadlines.advance(to: Self.clock) {
            owner.deadlinePassed()
        }
        // The wheel stands still while no deadline is armed: an idle server sleeps.
        isWheelTurning = deadlines.count > 0
        if isWheelTurning { turnWheelLater() }
    }
}
