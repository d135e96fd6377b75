import NIOCore

/// What one event loop's connections are, at one moment.
package struct LoopSnapshot: Sendable {
    /// Nanoseconds that the loop took until it could answer.
    package let lag: UInt64
    /// Open connections.
    package let connections: Int
    /// Connections since the start.
    package let accepted: UInt64
    /// Nanoseconds since the oldest open connection was accepted.
    package let oldest: UInt64
    /// Bytes that the connections make the process hold.
    package let heldBytes: Int
}

extension HTTP2Server {
    /// Asks every loop for the state of its connections, and what `read` reads there.
    ///
    /// - Parameter read: Called on each loop, with the loop's number.
    /// - Returns: What the loops have answered, in the order of their numbers; loops that have ended are missing.
    package func snapshots<Value: Sendable>(
        _ read: @escaping @Sendable (Int) -> Value
    ) async -> [(loop: LoopSnapshot, value: Value)] {
        let asked = ServerLoop.clock
        let answers = tables.enumerated().map { index, table in
            table.value.loop.eventLoop.submit {
                (loop: table.value.makeSnapshot(askedAt: asked), value: read(index))
            }
        }
        var snapshots: [(loop: LoopSnapshot, value: Value)] = []
        for answer in answers {
            if let snapshot = try? await answer.get() { snapshots.append(snapshot) }
        }
        return snapshots
    }
}
