import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// A loop's work in chunks.
@Suite struct ServerLoopWorkTests {
    /// Records each of its chunks.
    private final class Parts: ChunkedWork {
        let name: String
        private let log: Log
        private let after: () -> Void
        private var left: Int

        // `after` runs at the end of each chunk.
        init(_ name: String, count: Int, log: Log, after: @escaping () -> Void = {}) {
            self.name = name
            self.log = log
            self.after = after
            left = count
        }

        func doChunk() -> Bool {
            log.names += name
            after()
            left -= 1
            return left > 0
        }
    }

    private final class Log {
        var names = ""
    }

    @Test("serves the sockets between the chunks, and gives each work its turn")
    func turns() {
        let eventLoop = EmbeddedEventLoop()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let loop = ServerLoop(eventLoop: eventLoop, handlers: [], handlerExecutor: .eventLoop, logger: logger, turn: 0)
        let log = Log()
        for name in ["a", "b"] { loop.submit(Parts(name, count: 3, log: log)) }
        eventLoop.run()
        // Everything that can be done before the sockets are served.
        #expect(log.names == "a")
        withExtendedLifetime(loop) { eventLoop.advanceTime(by: .milliseconds(2)) }
        #expect(log.names == "ababab")
    }

    @Test("runs all jobs that a chunk enqueued before the next chunk")
    func jobsFirst() {
        let eventLoop = EmbeddedEventLoop()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let turn: UInt64 = 60_000_000_000
        let loop = ServerLoop(
            eventLoop: eventLoop,
            handlers: [],
            handlerExecutor: .eventLoop,
            logger: logger,
            turn: turn
        )
        let log = Log()
        let confined = LoopConfined(log)
        let work = Parts("a", count: 3, log: log) {
            // More than are done consecutively.
            for _ in 0..<20 { _ = loop.start { confined.value.names += "j" } }
        }
        loop.submit(work)
        withExtendedLifetime(loop) {
            eventLoop.run()
            // The last tick requests one after the sockets' turn.
            eventLoop.advanceTime(by: .milliseconds(2))
        }
        #expect(log.names == String(repeating: "a" + String(repeating: "j", count: 20), count: 3))
    }

    @Test("starts what follows a tick when that is over, even if it is still to come and others wait for it")
    func afterTick() {
        let eventLoop = EmbeddedEventLoop()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let loop = ServerLoop(eventLoop: eventLoop, handlers: [], handlerExecutor: .eventLoop, logger: logger, turn: 0)
        let log = Log()
        loop.submit(Parts("a", count: 2, log: log))
        eventLoop.run()
        #expect(log.names == "a")
        let confined = LoopConfined(log)
        loop.startAfterTick { confined.value.names += "x" }
        eventLoop.run()
        #expect(log.names == "a")
        withExtendedLifetime(loop) { eventLoop.advanceTime(by: .milliseconds(2)) }
        #expect(log.names == "aax")
    }
}
