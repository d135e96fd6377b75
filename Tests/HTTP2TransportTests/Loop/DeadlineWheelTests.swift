import HTTP2FrameKit
import Testing

@testable import HTTP2Transport

@Suite struct DeadlineWheelTests {
    private static let turn = DeadlineWheel<Int>.resolution

    @Test("fires no timer before its deadline, and each at most one turn late")
    func punctual() {
        for deadline in [1, Self.turn - 1, Self.turn, Self.turn + 1, 10 * Self.turn, 5_000 * Self.turn] {
            var wheel = DeadlineWheel<Int>(now: 0)
            _ = wheel.arm(deadline, owner: 7)
            #expect(wheel.advance(to: deadline - 1).isEmpty)
            #expect(wheel.advance(to: deadline + Self.turn) == [7])
            #expect(wheel.count == 0)
        }
    }

    @Test("fires a deadline that has passed already on the next turn")
    func past() {
        var wheel = DeadlineWheel<Int>(now: 100 * Self.turn)
        _ = wheel.arm(3, owner: 7)
        #expect(wheel.advance(to: 100 * Self.turn).isEmpty)
        #expect(wheel.advance(to: 101 * Self.turn) == [7])
    }

    @Test("does not fire disarmed timers, whatever their place among neighbours", arguments: 0..<5)
    func disarmed(position: Int) {
        var wheel = DeadlineWheel<Int>(now: 0)
        let timers = (0..<5).map { wheel.arm(10 * Self.turn, owner: $0) }
        wheel.disarm(timers[position])
        #expect(wheel.count == 4)
        #expect(wheel.advance(to: 20 * Self.turn).sorted() == (0..<5).filter { $0 != position })
    }

    @Test("keeps a timer that shares its bucket with one that fires")
    func sharedBucket() {
        var wheel = DeadlineWheel<Int>(now: 0)
        // The wheel has 1,024 buckets.
        _ = wheel.arm(10 * Self.turn, owner: 1)
        _ = wheel.arm((10 + 1_024) * Self.turn, owner: 2)
        #expect(wheel.advance(to: 11 * Self.turn) == [1])
        #expect(wheel.advance(to: 1_000 * Self.turn).isEmpty)
        #expect(wheel.advance(to: 1_035 * Self.turn) == [2])
    }

    @Test("fires everything that became due in a long sleep", arguments: [1_023, 1_024, 1_025, 1_000_000] as [UInt64])
    func longSleep(turns: UInt64) {
        var wheel = DeadlineWheel<Int>(now: 0)
        for owner in 0..<1_000 {
            _ = wheel.arm(UInt64(owner) * Self.turn, owner: owner)
        }
        _ = wheel.arm(2_000_000 * Self.turn, owner: -1)
        #expect(wheel.advance(to: turns * Self.turn).sorted() == Array(0..<1_000))
        #expect(wheel.count == 1)
    }

    @Test("keeps the longest deadline there is")
    func endOfTime() {
        var wheel = DeadlineWheel<Int>(now: 0)
        let timer = wheel.arm(.max, owner: 1)
        #expect(wheel.advance(to: .max / 2).isEmpty)
        wheel.disarm(timer)
        #expect(wheel.count == 0)
    }

    @Test("does not go back when its clock does")
    func backwards() {
        var wheel = DeadlineWheel<Int>(now: 100 * Self.turn)
        #expect(wheel.advance(to: 50 * Self.turn).isEmpty)
        _ = wheel.arm(100 * Self.turn, owner: 1)
        #expect(wheel.advance(to: 100 * Self.turn).isEmpty)
        #expect(wheel.advance(to: 101 * Self.turn) == [1])
    }

    @Test("agrees with a plain list of deadlines in any order of steps", arguments: 0..<20)
    func random(run: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        var now = UInt64.random(in: 0...1 << 40, using: &random)
        var wheel = DeadlineWheel<Int>(now: now)
        var armed: [Int: (timer: Int32, deadline: UInt64)] = [:]
        for step in 0..<3_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let distance = UInt64.random(in: 0...1 << Int.random(in: 1..<40, using: &random), using: &random)
                armed[step] = (wheel.arm(now + distance, owner: step), now + distance)
            case 5..<8:
                guard let owner = armed.keys.sorted().randomElement(using: &random) else { continue }
                if let timer = armed.removeValue(forKey: owner)?.timer { wheel.disarm(timer) }
            default:
                now += UInt64.random(in: 0...1 << Int.random(in: 1..<36, using: &random), using: &random)
                let fired = wheel.advance(to: now)
                for owner in fired {
                    guard let deadline = armed.removeValue(forKey: owner)?.deadline, deadline <= now else {
                        Issue.record("owner \(owner) fired wrongly at step \(step), seed \(seed)")
                        return
                    }
                }
                // A deadline may be late by one turn, measured from the turn in which it was armed.
                let missed = armed.filter { $0.value.deadline + 2 * Self.turn < now }
                #expect(missed.isEmpty, "step \(step), seed \(seed)")
            }
            guard wheel.count == armed.count else {
                Issue.record("\(wheel.count) timers instead of \(armed.count) at step \(step), seed \(seed)")
                return
            }
        }
    }

    @Test("fires timers that are armed after many were disarmed")
    func afterMany() {
        var wheel = DeadlineWheel<Int>(now: 0)
        let timers = (0..<10_000).map { wheel.arm(1_000_000_000, owner: $0) }
        for timer in timers { wheel.disarm(timer) }
        #expect(wheel.count == 0)
        _ = wheel.arm(20_000_000, owner: 7)
        #expect(wheel.advance(to: 2_000_000_000) == [7])
    }
}
