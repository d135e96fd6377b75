import Testing

@testable import HTTP2Transport

@Suite struct LogThrottleTests {
    private static let interval: UInt64 = 10_000_000_000

    @Test("passes one line in ten seconds, and counts the suppressed ones")
    func throttles() {
        let throttle = LogThrottle()
        #expect(throttle.pass(now: 5) == 0)
        for moment in 1...3 { #expect(throttle.pass(now: 5 + UInt64(moment)) == nil) }
        #expect(throttle.pass(now: 4 + Self.interval) == nil)
        #expect(throttle.pass(now: 5 + Self.interval) == 4)
        #expect(throttle.pass(now: 6 + Self.interval) == nil)
        #expect(throttle.pass(now: 5 + 2 * Self.interval) == 1)
    }
}
