import LogTestKit
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// What the log tells operators about a held loop.
@Suite struct ServerLoopHoldTests {
    private actor Handler {}

    /// A call whose handler holds the loop for a time.
    private final class Call: LoopCall {
        let name: String?
        var loopState = LoopCallState()
        private let time: UInt64

        init(_ name: String, holding time: UInt64) {
            self.name = name
            self.time = time
        }

        nonisolated(nonsending) func run() async {
            let end = ServerLoop.clock + time
            while ServerLoop.clock < end {}
        }

        func finish() {}

        func deadlinePassed() {}
    }

    /// The line's metadata after calls with these names held the loop for these milliseconds.
    private static func held(by calls: [(String, UInt64)]) -> Logger.Metadata? {
        let log = LogLines()
        let eventLoop = EmbeddedEventLoop()
        // No turn ends before the tick does.
        let loop = ServerLoop(
            eventLoop: eventLoop,
            handlers: [Handler()],
            handlerExecutor: .eventLoop,
            logger: log.logger,
            turn: 60_000_000_000
        )
        for (name, time) in calls { loop.submit(Call(name, holding: time * 1_000_000), queue: 0) }
        withExtendedLifetime(loop) {
            eventLoop.run()
            eventLoop.advanceTime(by: .milliseconds(1))
            loop.dismissWorkers()
            eventLoop.run()
        }
        return log.metadata.first
    }

    @Test("names the event whose handler held it longest")
    func names() throws {
        // Long enough for no other to pass for it on a busy machine.
        let line = try #require(Self.held(by: [("Connect", 0), ("RPC", 500), ("Publish", 0)]))
        #expect(line["event"] == "RPC")
        let time = try #require(line["handler"].flatMap { Int("\($0)") })
        #expect(time >= 490)
    }

    private static func clock(_ steps: [(name: String?, time: UInt64)]) -> HandlerClock {
        var clock = HandlerClock()
        clock.begin(at: 1_000_000_000)
        var now: UInt64 = 1_000_000_000
        for (name, time) in steps {
            now += time * 1_000_000
            if let name { clock.ended(Call(name, holding: 0), at: now) } else { clock.skip(at: now) }
        }
        return clock
    }

    @Test("names no event when many took a little each, or when no handler did")
    func nobody() {
        #expect(Self.clock(Array(repeating: ("RPC", 10), count: 12)).name == nil)
        #expect(Self.clock([("RPC", 1), (nil, 300), ("Publish", 1)]).name == nil)
    }

    @Test("names the longest of several, and forgets it with the next tick")
    func longest() {
        var clock = Self.clock([("RPC", 30), (nil, 500), ("Publish", 200), ("Connect", 100)])
        #expect(clock.name == "Publish" && clock.longest == 200_000_000)
        clock.begin(at: 2_000_000_000)
        clock.ended(Call("RPC", holding: 0), at: 2_001_000_000)
        #expect(clock.name == nil)
        // The kernel's cached time may be older than the tick.
        clock.begin(at: 3_000_000_000)
        clock.ended(Call("RPC", holding: 0), at: 2_998_000_000)
        #expect(clock.name == nil)
    }
}
