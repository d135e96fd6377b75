import NIOCore

extension ServerLoop {
    /// Whether the caller is on this loop.
    package var isCurrent: Bool { eventLoop.inEventLoop }

    /// Runs `work` on this loop, after what was handed over before; from any thread.
    package func execute(_ work: @escaping @Sendable () -> Void) {
        eventLoop.execute(work)
    }

    /// Runs `work` on this loop: now when the caller is on it, else after what was handed over before.
    package func run(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { execute(work) }
    }
}
