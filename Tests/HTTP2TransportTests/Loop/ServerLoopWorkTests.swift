import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// Work that a loop does in parts.
@Suite struct ServerLoopWorkTests {
    /// Notes each of its parts.
    private final class Parts: ChunkedWork {
        let name: String
        private let log: Log
        private let after: () -> Void
        private var left: Int

        // `after` is what each part does at its end.
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

    @Test("gives the sockets their turn between the parts, and each work its own")
    func turns() {
        let eventLoop = EmbeddedEventLoop()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let loop = ServerLoop(eventLoop: eventLoop, handlers: [], handlerExecutor: .eventLoop, logger: logger, turn: 0)
        let log = Log()
        for name in ["a", "b"] { loop.submit(Parts(name, count: 3, log: log)) }
        eventLoop.run()
        // All that can be done before the sockets are looked at.
        #expect(log.names == "a")
        withExtendedLifetime(loop) { eventLoop.advanceTime(by: .milliseconds(2)) }
        #expect(log.names == "ababab")
    }

    @Test("has all jobs done that a part has brought, before the next part brings more")
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
            // More than are done in a row.
            for _ in 0..<20 { _ = loop.start { confined.value.names += "j" } }
        }
        loop.submit(work)
        withExtendedLifetime(loop) {
            eventLoop.run()
            // The last tick asks for one behind the sockets' turn.
            eventLoop.advanceTime(by: .milliseconds(2))
        }
        #expect(log.names == String(repeating: "a" + String(repeating: "j", count: 20), count: 3))
    }

    @Test("starts what comes after a tick when that is over, also when it is still to come and others wait for it")
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
