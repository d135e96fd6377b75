import HTTP2Transport
import Testing

@testable import CentrifugoProxy

@Suite struct CallContextTests {
    @Test("has no deadline when the peer set none")
    func none() {
        let context = CallContext(event: .rpc)
        #expect(context.remainingTime == nil)
        #expect(context.deadline == nil)
        #expect(context.peerAddress == "unknown")
        #expect(context.metadata.isEmpty)
    }

    @Test("counts the remaining time down from the timeout")
    func remaining() throws {
        let context = CallContext(event: .rpc, timeout: .seconds(3_600))
        let first = try #require(context.remainingTime)
        let second = try #require(context.remainingTime)
        #expect(first <= .seconds(3_600) && first > .seconds(3_500))
        #expect(second <= first)
    }

    @Test("has a deadline that many seconds from now")
    func deadline() throws {
        let before = ContinuousClock.now
        let context = CallContext(event: .rpc, timeout: .seconds(3_600))
        let deadline = try #require(context.deadline)
        #expect(deadline > before + .seconds(3_500))
        #expect(deadline <= ContinuousClock.now + .seconds(3_600))
    }

    @Test("never has negative time left", arguments: [Duration.zero, .nanoseconds(-1), .seconds(-100)])
    func past(timeout: Duration) {
        #expect(CallContext(event: .rpc, timeout: timeout).remainingTime == .zero)
        #expect(CallContext(event: .rpc, metadata: [:], peerAddress: "", deadline: 1).remainingTime == .zero)
    }

    @Test("survives timeouts that no clock can count", arguments: [Duration.seconds(Int64.max), .seconds(1 << 40)])
    func endless(timeout: Duration) throws {
        let remaining = try #require(CallContext(event: .rpc, timeout: timeout).remainingTime)
        #expect(remaining > .seconds(1 << 32))
    }

    @Test(
        "counts a duration in nanoseconds as far as they go",
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1_500), 1_500_000_000), (.nanoseconds(-5), -5),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
        ] as [(Duration, Int64)]
    )
    func nanoseconds(duration: Duration, count: Int64) {
        #expect(duration.nanoseconds == count)
    }
}
