import NIOCore

// The loop's tasks, counted from start to end, so that a server can wait until none is left.

extension ServerLoop {
    /// Starts a task where handlers run.
    package func start(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        runningTasks += 1
        let loop = LoopConfined(self)
        // One closure: with another one around `operation`, an idle stream's frames filled 1 KiB more of task memory.
        return Task(executorPreference: handlerExecutor == .eventLoop ? executor : nil) {
            await operation()
            loop.value.execute { loop.value.taskEnded() }
        }
    }

    /// Starts a task where handlers run, after the output of the running tick, or of the next one, is written.
    package func startAfterTick(_ operation: @escaping @Sendable () async -> Void) {
        runningTasks += 1
        afterTick.append(operation)
        scheduleTick()
    }

    func startAfterTick() {
        while let operation = afterTick.popFirst() {
            _ = start(operation)
            taskEnded()
        }
    }

    /// Waits until all tasks of this loop have ended, or `patience` is over; tells whether they have.
    func becomesIdle(within patience: TimeAmount? = nil) -> EventLoopFuture<Bool> {
        guard runningTasks > 0 else { return eventLoop.makeSucceededFuture(true) }
        let promise = idle ?? eventLoop.makePromise(of: Bool.self)
        idle = promise
        guard let patience else { return promise.futureResult }
        let timer = eventLoop.scheduleTask(in: patience) { promise.succeed(false) }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }

    func taskEnded() {
        runningTasks -= 1
        guard runningTasks == 0 else { return }
        idle?.succeed(true)
        idle = nil
    }
}
