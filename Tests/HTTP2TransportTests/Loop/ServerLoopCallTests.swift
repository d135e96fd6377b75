import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// Calls that wait for one handler actor.
@Suite struct ServerLoopCallTests {
    private actor Handler {}

    /// What happens, in order.
    private final class Log {
        var entries: [String] = []
        /// The waiting handlers, by the call's name.
        var waiting: [String: CheckedContinuation<Void, Never>] = [:]
        /// What served each call.
        var workers: [String: Worker] = [:]
    }

    /// A call that continues with others of its kind, like the service's calls.
    private final class Call: LoopCall {
        let name: String
        let kind: ObjectIdentifier?
        var loopState = LoopCallState()
        /// Whether its handler waits.
        var waits = false
        private let loop: ServerLoop
        private let log: Log

        init(_ name: String, kind: AnyObject?, on loop: ServerLoop, log: Log) {
            self.name = name
            self.kind = kind.map { ObjectIdentifier($0) }
            self.loop = loop
            self.log = log
        }

        nonisolated(nonsending) func run() async {
            log.entries.append("run")
            var served: Call? = self
            while let call = served {
                log.entries.append(call.name)
                log.workers[call.name] = call.loopState.worker
                if call.waits { await withCheckedContinuation { log.waiting[call.name] = $0 } }
                served = loop.next(after: call) as? Call
            }
        }

        func finish() {
            log.entries.append("\(name).")
        }

        func deadlinePassed() {}
    }

    /// A loop with one handler, and two kinds of calls.
    private final class Bench {
        let eventLoop = EmbeddedEventLoop()
        let loop: ServerLoop
        let log = Log()
        let kinds = (Log(), Log())

        init() {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            loop = ServerLoop(eventLoop: eventLoop, handlers: [Handler()], handlerExecutor: .eventLoop, logger: logger)
        }

        deinit {
            loop.dismissWorkers()
            _ = run()
        }

        /// Submits a call of the kind that its name begins with: `a`, `b`, or none.
        @discardableResult
        func submit(_ name: String, waits: Bool = false) -> Call {
            let kind = name.hasPrefix("a") ? kinds.0 : name.hasPrefix("b") ? kinds.1 : nil
            let call = Call(name, kind: kind, on: loop, log: log)
            call.waits = waits
            loop.submit(call, queue: 0)
            return call
        }

        /// Runs everything that can run, and returns what happened since the last time.
        func run() -> String {
            withExtendedLifetime(loop) {
                eventLoop.run()
                eventLoop.advanceTime(by: .milliseconds(1))
            }
            defer { log.entries = [] }
            return log.entries.joined(separator: " ")
        }

        func resume(_ name: String) {
            log.waiting.removeValue(forKey: name)?.resume()
        }
    }

    @Test("serves calls of one kind in one run, up to the first of another kind")
    func kinds() {
        let bench = Bench()
        for name in ["a1", "a2", "b1", "a3", "x1", "x2", "b2", "b3"] { bench.submit(name) }
        #expect(
            bench.run()
                == "run a1 a1. a2 a2. run b1 b1. run a3 a3. run x1 x1. run x2 x2. run b2 b2. b3 b3."
        )
        bench.submit("a4")
        #expect(bench.run() == "run a4 a4.")
    }

    @Test("frees calls in the tick that serves them")
    func freed() {
        let bench = Bench()
        var call = bench.submit("a1")
        #expect(!isKnownUniquelyReferenced(&call))
        #expect(bench.run() == "run a1 a1.")
        #expect(isKnownUniquelyReferenced(&call))
    }

    @Test("skips calls that were cancelled while they waited")
    func cancelledWaiting() {
        let bench = Bench()
        let calls = ["a1", "b1", "a2", "a3"].map { bench.submit($0) }
        #expect(!bench.loop.cancel(calls[1]))
        #expect(!bench.loop.cancel(calls[2]))
        #expect(bench.run() == "run a1 a1. a3 a3.")
    }

    @Test("does not let a suspended call delay others, and its worker continues when it is done")
    func suspended() {
        let bench = Bench()
        bench.submit("a1", waits: true)
        bench.submit("a2")
        #expect(bench.run() == "run a1 run a2 a2.")
        bench.submit("a3", waits: true)
        #expect(bench.run() == "run a3")
        // The first worker is about to continue when the next calls arrive, and takes them in its run.
        bench.resume("a1")
        bench.submit("a4")
        bench.submit("a5")
        #expect(bench.run() == "a1. a4 a4. a5 a5.")
        bench.resume("a3")
        #expect(bench.run() == "a3.")
    }

    @Test("lets a worker whose call was cancelled serve no other")
    func cancelledServed() {
        let bench = Bench()
        let call = bench.submit("a1", waits: true)
        #expect(bench.run() == "run a1")
        #expect(bench.loop.cancel(call))
        bench.resume("a1")
        bench.submit("a2")
        #expect(bench.run() == "a1. run a2 a2.")
    }

    @Test("parks workers that are done for later calls, and resumes the last one first")
    func parked() throws {
        let bench = Bench()
        bench.submit("a1", waits: true)
        bench.submit("a2")
        #expect(bench.run() == "run a1 run a2 a2.")
        bench.resume("a1")
        #expect(bench.run() == "a1.")
        for name in ["a3", "b1"] {
            bench.submit(name)
            #expect(bench.run() == "run \(name) \(name).")
            #expect(bench.log.workers[name] === bench.log.workers["a1"])
        }
        bench.submit("a4", waits: true)
        bench.submit("a5")
        #expect(bench.run() == "run a4 run a5 a5.")
        #expect(bench.log.workers["a4"] === bench.log.workers["a1"])
        #expect(bench.log.workers["a5"] === bench.log.workers["a2"])
        bench.resume("a4")
    }

    @Test("parks at most 32 workers, and ends the others")
    func mostParked() throws {
        let bench = Bench()
        let first = (0..<34).map { "a\($0)" }
        let second = (0..<34).map { "b\($0)" }
        for names in [first, second] {
            for name in names { bench.submit(name, waits: true) }
            while bench.run() != "" {}
            for name in names { bench.resume(name) }
            while bench.run() != "" {}
        }
        let workers = [first, second].map { names in
            Set(names.compactMap { bench.log.workers[$0] }.map(ObjectIdentifier.init))
        }
        #expect(workers.map(\.count) == [34, 34])
        #expect(workers[0].intersection(workers[1]).count == 32)
    }

    @Test("leaves a worker parked when all new calls were cancelled")
    func parkedCancelled() {
        let bench = Bench()
        bench.submit("a1")
        #expect(bench.run() == "run a1 a1.")
        #expect(!bench.loop.cancel(bench.submit("a2")))
        #expect(bench.run() == "")
        bench.submit("a3")
        #expect(bench.run() == "run a3 a3.")
        #expect(bench.log.workers["a3"] === bench.log.workers["a1"])
    }

    @Test("ends dismissed workers, and those that serve afterwards")
    func dismissed() throws {
        let bench = Bench()
        bench.submit("a1")
        #expect(bench.run() == "run a1 a1.")
        bench.loop.dismissWorkers()
        #expect(bench.run() == "")
        #expect(try bench.loop.becomesIdle(within: .zero).wait())
        bench.submit("a2")
        #expect(bench.run() == "run a2 a2.")
        #expect(try bench.loop.becomesIdle(within: .zero).wait())
    }
}
