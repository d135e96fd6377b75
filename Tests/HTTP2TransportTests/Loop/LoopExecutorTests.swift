import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTP2Transport

@Suite(.timeLimit(.minutes(1))) struct LoopExecutorTests {
    /// What wakes an executor's loop: it runs jobs, at most about `limit` at a time, until none is left.
    private final class Waker: Sendable {
        let count = Atomic(0)
        private let limit: Int
        /// Weak, because the executor holds its waker.
        private struct Served {
            weak var executor: LoopExecutor?
        }

        private let served = NIOLockedValueBox(Served())

        init(limit: Int) {
            self.limit = limit
        }

        func wake(on eventLoop: any EventLoop) {
            count.add(1, ordering: .relaxed)
            eventLoop.execute { self.run() }
        }

        func serve(_ executor: LoopExecutor) {
            served.withLockedValue { $0.executor = executor }
        }

        private func run() {
            guard let executor = served.withLockedValue({ $0.executor }) else { return }
            while !executor.runJobs(atMost: limit) {}
        }
    }

    private static func make(limit: Int = 1_000) -> (executor: LoopExecutor, eventLoop: any EventLoop, waker: Waker) {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let waker = Waker(limit: limit)
        let executor = LoopExecutor(eventLoop: eventLoop) { waker.wake(on: eventLoop) }
        waker.serve(executor)
        return (executor, eventLoop, waker)
    }

    private actor Counter {
        private(set) var count = 0
        private(set) var wasAlwaysOnLoop = true

        func add(on eventLoop: any EventLoop) {
            count += 1
            if !eventLoop.inEventLoop { wasAlwaysOnLoop = false }
        }
    }

    @Test("runs a task on its loop, before and after every suspension")
    func onLoop() async {
        let (executor, eventLoop, _) = Self.make()
        let seen = await Task(executorPreference: executor) {
            var seen = [eventLoop.inEventLoop]
            for _ in 0..<10 {
                await Task.yield()
                seen.append(eventLoop.inEventLoop)
            }
            return seen
        }.value
        #expect(seen == Array(repeating: true, count: 11))
    }

    @Test("runs an actor on its loop for tasks that prefer it")
    func actorOnLoop() async {
        let (executor, eventLoop, _) = Self.make()
        let counter = Counter()
        await Task(executorPreference: executor) {
            for _ in 0..<100 { await counter.add(on: eventLoop) }
        }.value
        #expect(await counter.count == 100)
        #expect(await counter.wasAlwaysOnLoop)
    }

    @Test("runs every job of many tasks made elsewhere, however few it takes at a time", arguments: [1, 7, 1_000])
    func fromElsewhere(limit: Int) async {
        let (executor, eventLoop, waker) = Self.make(limit: limit)
        let counter = Counter()
        await withTaskGroup { tasks in
            for _ in 0..<200 {
                tasks.addTask(executorPreference: executor) { await counter.add(on: eventLoop) }
            }
        }
        #expect(await counter.count == 200)
        #expect(waker.count.load(ordering: .relaxed) > 0)
    }

    @Test("returns to its loop from a task that is resumed elsewhere")
    func resumedElsewhere() async {
        let (executor, eventLoop, _) = Self.make()
        let isBack = await Task(executorPreference: executor) {
            await withCheckedContinuation { continuation in
                Thread.detached { continuation.resume() }
            }
            return eventLoop.inEventLoop
        }.value
        #expect(isBack)
    }

    @Test("runs no more jobs at a time than it is told to", arguments: [1, 7])
    func limit(limit: Int) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = LoopExecutor(eventLoop: eventLoop) {}
        let counter = NIOLockedValueBox(0)
        let tasks = try await eventLoop.submit {
            (0..<20).map { _ in Task(executorPreference: executor) { counter.withLockedValue { $0 += 1 } } }
        }.get()
        for round in 1...20 {
            let isDone = try await eventLoop.submit { executor.runJobs(atMost: limit) }.get()
            #expect(counter.withLockedValue { $0 } == min(20, round * limit))
            #expect(isDone == (round * limit >= 20))
        }
        for task in tasks { await task.value }
    }

    @Test("has no jobs left when it says so")
    func empty() async throws {
        let (executor, eventLoop, _) = Self.make()
        let isDone = try await eventLoop.submit { executor.runJobs(atMost: 1) }.get()
        #expect(isDone)
    }

    @Test("wakes its loop for a nudge without a job")
    func nudge() async throws {
        let (executor, eventLoop, waker) = Self.make()
        executor.nudge()
        try await eventLoop.submit {}.get()
        #expect(waker.count.load(ordering: .relaxed) == 1)
    }
}

/// A thread that is not an event loop's.
private enum Thread {
    static func detached(_ body: @escaping @Sendable () -> Void) {
        NIOThreadPool.singleton.submit { _ in body() }
    }
}
