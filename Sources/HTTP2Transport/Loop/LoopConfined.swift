import NIOCore

/// Carries a value that is confined to one event loop through code that the compiler cannot prove to stay on that loop.
///
/// Besides `HTTP2Routes.handle`, the only place in this project where `Sendable` is promised instead of proved. The
/// promise: only code on the event loop touches `value`, or a queue's worker to which it was handed exclusively. Every
/// call reaches a connection's state and a loop's queues, and the compiler's own means (an actor on the loop, or a lock)
/// cost more than the work they would guard. For the same reason, state that every call touches is marked
/// `@exclusivity(unchecked)`: no two accesses to it overlap, and checking that at run time would slow every call down.
package struct LoopConfined<Value>: @unchecked Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }
}
