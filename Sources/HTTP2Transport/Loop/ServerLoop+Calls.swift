import NIOCore
import Synchronization

// Calls on their way through handlers, and the workers that serve them.

extension ServerLoop {
    /// Queues a call for its handler, and arms its deadline.
    /// - Returns: The deadline's timer.
    @discardableResult
    package func submit(_ call: any LoopCall, queue index: Int, deadline: UInt64? = nil) -> Int32? {
        let timer = deadline.map { arm($0, owner: call) }
        let queue = queues[index]
        switch handlerExecutor {
        case .eventLoop:
            queue.append(call)
            scheduleTick()
        case .global:
            runElsewhere(call, queue: queue)
        }
        return timer
    }

    /// Cancels a call's task, or takes the call out of the queue when it has not begun.
    /// - Returns: Whether the call's handler has begun, so that `finish` will be called.
    package func cancel(_ call: any LoopCall) -> Bool {
        call.loopState.isCancelled = true
        guard let worker = call.loopState.worker else { return false }
        worker.task?.cancel()
        worker.isCancelled = true
        if worker.queue.worker === worker {
            worker.queue.worker = nil
            scheduleTick()
        }
        return true
    }

    /// Ends the workers that wait for calls; one that is busy ends after its calls.
    func dismissWorkers() {
        for queue in queues { queue.dismissParked() }
    }

    /// Starts a worker for each queue whose calls wait for one.
    ///
    /// A queue whose worker has entered the actor gets another one: the first may be suspended in its handler, and the
    /// calls after it must not wait for that.
    /// - Returns: Whether any was started.
    func startWorkers() -> Bool {
        var started = false
        for queue in queues where queue.hasWaiting {
            if let worker = queue.worker, !worker.hasEntered.load(ordering: .acquiring) { continue }
            started = true
            guard !queue.resumeParked() else { continue }
            let worker = Worker(queue: queue)
            queue.worker = worker
            let loop = LoopConfined((loop: self, worker: worker))
            runningTasks += 1
            worker.task = Task(executorPreference: executor) {
                await loop.value.loop.serve(loop.value.worker)
                loop.value.loop.taskEnded()
            }
        }
        return started
    }

    /// Serves calls of the worker's queue until none waits or the worker's task is cancelled.
    ///
    /// On the loop, except while it is on the actor.
    private func serve(_ worker: Worker) async {
        let loop = LoopConfined((loop: self, worker: worker))
        while worker.takeNext() != nil {
            await Self.run(on: loop, isolation: worker.queue.actor)
            endCall(of: worker)
            if isTurnOver { await Task.yield() }
        }
        if worker.queue.worker === worker { worker.queue.worker = nil }
    }

    /// Runs the worker's call on the handler's actor, and then those that wait after it, as long as the actor is on this
    /// loop; when it is not, the last call has still to be answered.
    private static func run(
        on context: LoopConfined<(loop: ServerLoop, worker: Worker)>,
        isolation: isolated any Actor
    ) async {
        let (loop, worker) = context.value
        repeat {
            worker.hasEntered.store(true, ordering: .releasing)
            loop.seeToEntered()
            var next = worker.call
            while let call = next {
                await call.run()
                guard loop.eventLoop.inEventLoop else { return }
                loop.endCall(of: worker)
                if loop.isTurnOver { return }
                next = worker.takeNext()
            }
            guard loop.eventLoop.inEventLoop else { return }
        } while await worker.park(in: isolation)
    }

    /// Tells this loop that a worker has entered its handler's actor, so that calls after it get workers of their own; from
    /// the actor.
    ///
    /// A running tick notices by itself. None may be running when another thread runs the actor, or when the actor has an
    /// executor of its own, even if that is this event loop's.
    private func seeToEntered() {
        if !eventLoop.inEventLoop { return executor.nudge() }
        if !tickTask.value.isTicking { scheduleTick() }
    }

    /// Ends a call that `run` is done with, and takes the next one of its kind that waits; from the handler's actor.
    ///
    /// One `run` for many calls saves each of them the way back from the handler: two task switches.
    ///
    /// - Returns: The call to go on with; nil when `run` has to return.
    package func next(after call: any LoopCall) -> (any LoopCall)? {
        guard eventLoop.inEventLoop, let worker = call.loopState.worker, let kind = call.kind else { return nil }
        endCall(of: worker)
        return isTurnOver ? nil : worker.takeNext(of: kind)
    }

    private func endCall(of worker: Worker) {
        guard let call = worker.call.take() else { return }
        end(call)
        // Outside of a tick the call is freed at once: the next tick may be far away.
        guard tickTask.value.isTicking else { return }
        handlerClock.ended(call)
        ended.append(call)
    }

    private func end(_ call: any LoopCall) {
        call.loopState.worker = nil
        call.finish()
    }

    private func runElsewhere(_ call: any LoopCall, queue: ActorQueue) {
        let worker = Worker(queue: queue)
        let actor = queue.actor
        call.loopState.worker = worker
        let loop = LoopConfined(self)
        let call = LoopConfined(call)
        runningTasks += 1
        worker.task = Task { await ServerLoop.runElsewhere(call, on: loop, isolation: actor) }
    }

    private static func runElsewhere(
        _ call: LoopConfined<any LoopCall>,
        on loop: LoopConfined<ServerLoop>,
        isolation: isolated any Actor
    ) async {
        let running = call.value
        await running.run()
        loop.value.eventLoop.execute {
            loop.value.end(call.value)
            loop.value.taskEnded()
        }
    }
}
