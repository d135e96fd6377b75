import NIOConcurrencyHelpers
package import NIOCore

/// Runs the jobs of tasks on one event loop, so that a handler actor's work stays on the thread of its connection.
///
/// Jobs that the loop enqueues wait in a queue without a lock, which the loop's tick drains; jobs from elsewhere go
/// through a locked inbox and wake the loop.
package final class LoopExecutor: TaskExecutor {
    private final class Queue {
        @exclusivity(unchecked) var jobs = CircularBuffer<UnownedJob>()
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var isAwake = false
    }

    private let eventLoop: any EventLoop
    private let queue = LoopConfined(Queue())
    private let inbox = NIOLockedValueBox(Inbox())
    /// Requests a tick of the loop; called only on the loop.
    private let wake: @Sendable () -> Void

    package init(eventLoop: any EventLoop, wake: @escaping @Sendable () -> Void) {
        self.eventLoop = eventLoop
        self.wake = wake
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard eventLoop.inEventLoop else { return enqueueFromElsewhere(job) }
        queue.value.jobs.append(job)
        wake()
    }

    private func enqueueFromElsewhere(_ job: UnownedJob) {
        let wasAwake = inbox.withLockedValue { inbox in
            inbox.jobs.append(job)
            defer { inbox.isAwake = true }
            return inbox.isAwake
        }
        guard !wasAwake else { return }
        let wake = wake
        eventLoop.execute(wake)
    }

    /// Runs queued jobs, and those that they enqueue, but at most `limit`.
    ///
    /// On the loop only.
    ///
    /// - Parameters:
    ///   - limit: The most jobs to run.
    ///   - isOver: Whether to stop; asked after each job.
    /// - Returns: Whether all jobs were run.
    func runJobs(atMost limit: Int, until isOver: () -> Bool = { false }) -> Bool {
        takeInbox()
        let queue = queue.value
        let executor = asUnownedTaskExecutor()
        for _ in 0..<limit {
            guard let job = queue.jobs.popFirst() else { return true }
            job.runSynchronously(on: executor)
            if isOver() { break }
        }
        return queue.jobs.isEmpty
    }

    /// Wakes the loop for a tick even if no job is queued; from any thread.
    func nudge() {
        let wake = wake
        eventLoop.execute(wake)
    }

    private func takeInbox() {
        let arrived: [UnownedJob]? = inbox.withLockedValue { inbox in
            inbox.isAwake = false
            guard !inbox.jobs.isEmpty else { return nil }
            defer { inbox.jobs = [] }
            return inbox.jobs
        }
        if let arrived { queue.value.jobs.append(contentsOf: arrived) }
    }
}
