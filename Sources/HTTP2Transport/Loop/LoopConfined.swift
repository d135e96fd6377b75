import NIOCore

/// Carries a value that belongs to one event loop through code that the compiler cannot see to stay on that loop.
///
/// The one place of this project where `Sendable` is promised instead of proved. The promise: `value` is touched on its
/// event loop only, or by a queue's worker that was handed it alone. A connection's state and a loop's queues are
/// reached for every call, and the compiler's own means (an actor on the loop, or a lock) cost more than the work they
/// would guard. For the same reason such state is marked `@exclusivity(unchecked)` where every call touches it: no
/// access to it overlaps another one, and having that checked at run time took about a tenth of a call.
package struct LoopConfined<Value>: @unchecked Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }
}
