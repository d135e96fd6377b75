import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import HTTP2Transport

/// Calls to handlers with an executor of their own: on the calls' loop but outside of its ticks, or elsewhere.
@Suite(.timeLimit(.minutes(1))) struct ServerLoopPlaceTests {
    enum Place: CaseIterable {
        case loop
        case otherLoop
        case anywhere
        case thread
    }

    private actor Anywhere {}

    private actor Bound {
        private let executor: any SerialExecutor

        init(to executor: any SerialExecutor) {
            self.executor = executor
        }

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    }

    /// Runs jobs on a thread of its own.
    private final class ThreadExecutor: SerialExecutor {
        private let pool = NIOThreadPool(numberOfThreads: 1)

        init() {
            pool.start()
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            pool.submit { _ in job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }
    }

    /// Holds tasks until as many have come as it was made for.
    private final class Barrier: Sendable {
        private struct State {
            var missing: Int
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state: NIOLockedValueBox<State>

        init(for count: Int) {
            state = NIOLockedValueBox(State(missing: count))
        }

        func arrive() async {
            await withCheckedContinuation { continuation in
                let released = state.withLockedValue { state in
                    state.waiting.append(continuation)
                    state.missing -= 1
                    defer { if state.missing == 0 { state.waiting = [] } }
                    return state.missing == 0 ? state.waiting : []
                }
                for continuation in released { continuation.resume() }
            }
        }
    }

    private final class Call: LoopCall {
        var loopState = LoopCallState()
        private let barrier: Barrier?
        private let ends: AsyncStream<Void>.Continuation
        private let then: () -> Void

        init(_ barrier: Barrier?, ends: AsyncStream<Void>.Continuation, then: @escaping () -> Void = {}) {
            self.barrier = barrier
            self.ends = ends
            self.then = then
        }

        nonisolated(nonsending) func run() async {
            if let barrier { await barrier.arrive() }
        }

        func finish() {
            ends.yield()
            then()
        }

        func deadlinePassed() {}
    }

    /// Calls that each arrive this many loop tasks after the end of the previous one.
    private final class Chain {
        private let loop: ServerLoop
        private let ends: AsyncStream<Void>.Continuation
        private let gap: Int
        private var left: Int

        init(_ count: Int, gap: Int, on loop: ServerLoop, ends: AsyncStream<Void>.Continuation) {
            self.loop = loop
            self.ends = ends
            self.gap = gap
            left = count
        }

        func go(behind tasks: Int = 0) {
            let chain = LoopConfined(self)
            guard tasks == 0 else { return loop.execute { chain.value.go(behind: tasks - 1) } }
            guard left > 0 else { return }
            left -= 1
            loop.submit(Call(nil, ends: ends) { chain.value.go(behind: chain.value.gap) }, queue: 0)
        }
    }

    /// A loop with one handler, in a place of its own.
    private struct Bench {
        let eventLoop: any EventLoop
        private let loop: LoopConfined<ServerLoop>
        private let ends = AsyncStream.makeStream(of: Void.self)

        init(_ place: Place, handlerExecutor: ServerLoop.HandlerExecutor = .eventLoop) {
            let loops = MultiThreadedEventLoopGroup.singleton
            eventLoop = loops.next()
            let other = loops.makeIterator().first { [eventLoop] in $0 !== eventLoop } ?? loops.next()
            let handler: any Actor =
                switch place {
                case .loop: Bound(to: eventLoop.executor)
                case .otherLoop: Bound(to: other.executor)
                case .anywhere: Anywhere()
                case .thread: Bound(to: ThreadExecutor())
                }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            loop = LoopConfined(
                ServerLoop(eventLoop: eventLoop, handlers: [handler], handlerExecutor: handlerExecutor, logger: logger)
            )
        }

        /// Submits calls that all end when as many have begun; without a barrier, each ends at once.
        func submit(_ count: Int, barrier: Barrier?) async throws {
            try await eventLoop.submit { [loop, ends = ends.continuation] in
                for _ in 0..<count { loop.value.submit(Call(barrier, ends: ends), queue: 0) }
            }.get()
        }

        /// Submits calls one after the other.
        func submit(_ count: Int, gap: Int) async throws {
            try await eventLoop.submit { [loop, ends = ends.continuation] in
                Chain(count, gap: gap, on: loop.value, ends: ends).go()
            }.get()
        }

        /// Submits one call that only the loop retains.
        func submitOne(_ barrier: Barrier?) async throws -> LoopConfined<WeakCall> {
            try await eventLoop.submit { [loop, ends = ends.continuation] in
                let call = Call(barrier, ends: ends)
                loop.value.submit(call, queue: 0)
                return LoopConfined(WeakCall(call: call))
            }.get()
        }

        /// Waits until this many calls have ended, and returns how many have.
        func ended(_ count: Int) async -> Int {
            var ended = 0
            for await _ in ends.stream.prefix(count) { ended += 1 }
            return ended
        }

        func end() async throws {
            try await eventLoop.submit { [loop] in loop.value.dismissWorkers() }.get()
            let patience = TimeAmount.seconds(30)
            let isIdle = eventLoop.flatSubmit { [loop] in loop.value.becomesIdle(within: patience) }
            #expect(try await isIdle.get())
        }
    }

    private struct WeakCall {
        weak var call: Call?
    }

    @Test(
        "lets calls that arrive together wait for each other",
        arguments: Place.allCases,
        [ServerLoop.HandlerExecutor.eventLoop, .global]
    )
    func together(place: Place, handlerExecutor: ServerLoop.HandlerExecutor) async throws {
        let bench = Bench(place, handlerExecutor: handlerExecutor)
        // The earliest find no worker, later ones find parked ones; the last ones are more than those.
        for count in [12, 12, 50] {
            try await bench.submit(count, barrier: Barrier(for: count))
            try #require(await bench.ended(count) == count)
        }
        try await bench.end()
    }

    @Test("frees a finished call when nothing else happens", arguments: Place.allCases, [false, true])
    func freed(place: Place, waits: Bool) async throws {
        let bench = Bench(place)
        let call = try await bench.submitOne(waits ? Barrier(for: 1) : nil)
        try #require(await bench.ended(1) == 1)
        let isFreed = try await bench.eventLoop.submit { call.value.call == nil }.get()
        #expect(isFreed)
        try await bench.end()
    }

    @Test("serves a call that arrives at any time after the previous one", arguments: Place.allCases, 0..<10)
    func oneAfterTheOther(place: Place, gap: Int) async throws {
        let bench = Bench(place)
        try await bench.submit(20, gap: gap)
        try #require(await bench.ended(20) == 20)
        try await bench.end()
    }

    @Test("ends workers that are about to wait when they are dismissed", arguments: Place.allCases, [1, 50])
    func dismissed(place: Place, count: Int) async throws {
        for _ in 0..<20 {
            let bench = Bench(place)
            try await bench.submit(count, barrier: nil)
            try #require(await bench.ended(count) == count)
            try await bench.end()
        }
    }
}
