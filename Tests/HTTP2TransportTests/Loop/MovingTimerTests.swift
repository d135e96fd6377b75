import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

@Suite struct MovingTimerTests {
    private final class Count {
        var value = 0
    }

    private static func timer(_ loop: EmbeddedEventLoop) -> (MovingTimer, Count) {
        let count = Count()
        return (MovingTimer(on: loop) { count.value += 1 }, count)
    }

    @Test("fires once, when its time has come")
    func fires() {
        let loop = EmbeddedEventLoop()
        let (timer, count) = Self.timer(loop)
        timer.start(.seconds(10), from: loop.now)
        loop.advanceTime(by: .seconds(9))
        #expect(count.value == 0)
        loop.advanceTime(by: .seconds(1))
        #expect(count.value == 1)
        loop.advanceTime(by: .hours(1))
        #expect(count.value == 1)
    }

    @Test(
        "waits from its last start, later or sooner than the one before",
        arguments: [Duration.seconds(15), .seconds(2)]
    )
    func moves(time: Duration) {
        let loop = EmbeddedEventLoop()
        let (timer, count) = Self.timer(loop)
        timer.start(.seconds(10), from: loop.now)
        loop.advanceTime(by: .seconds(1))
        timer.start(time, from: loop.now)
        loop.advanceTime(by: .init(time - .seconds(1)))
        #expect(count.value == 0)
        loop.advanceTime(by: .seconds(1))
        #expect(count.value == 1)
    }

    @Test("does not fire while it is paused, and can be started again")
    func pauses() {
        let loop = EmbeddedEventLoop()
        let (timer, count) = Self.timer(loop)
        timer.start(.seconds(10), from: loop.now)
        timer.pause()
        loop.advanceTime(by: .seconds(20))
        #expect(count.value == 0)
        timer.start(.seconds(10), from: loop.now)
        loop.advanceTime(by: .seconds(10))
        #expect(count.value == 1)
    }

    @Test("never fires again when it is cancelled, and retains nothing")
    func cancelled() {
        let loop = EmbeddedEventLoop()
        weak var captured: Count?
        do {
            let (timer, count) = Self.timer(loop)
            captured = count
            timer.start(.seconds(10), from: loop.now)
            timer.cancel()
            loop.advanceTime(by: .seconds(20))
            #expect(count.value == 0)
        }
        #expect(captured == nil)
    }

    @Test("accepts times that mean never")
    func never() {
        let loop = EmbeddedEventLoop()
        let (timer, count) = Self.timer(loop)
        timer.start(.seconds(Int64.max), from: loop.now)
        loop.advanceTime(by: .hours(24 * 365))
        #expect(count.value == 0)
        timer.cancel()
    }
}
