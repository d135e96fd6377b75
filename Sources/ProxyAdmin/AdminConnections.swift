import NIOCore

/// The connections of an admin listener, on its loop.
///
/// In the order in which they began to wait for a request: the first one waits longest.
final class AdminConnections {
    private let limit: Int
    private var list: [AdminConnection] = []
    /// Succeeds when the last connection has ended; nil until no more of them are to come.
    private var drained: EventLoopPromise<Void>?

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Whether connections end after the answer that they are about to give.
    var isDraining: Bool { drained != nil }

    /// Adds a connection; at the limit, in place of another one.
    ///
    /// A peer that opens connections and is silent keeps nobody out. When all are being answered, the one that is answered
    /// longest ends: its peer does not read.
    func add(_ connection: AdminConnection) {
        if list.count >= limit, let oldest = list.first(where: \.isIdle) ?? list.first {
            remove(oldest)
            oldest.close()
        }
        list.append(connection)
    }

    /// Removes a connection that has ended, or that takes part in nothing any more.
    func remove(_ connection: AdminConnection) {
        list.removeAll { $0 === connection }
        if list.isEmpty { drained?.succeed() }
    }

    /// The connection has begun to wait for a request, or to answer one.
    func changed(_ connection: AdminConnection) {
        guard let place = list.firstIndex(where: { $0 === connection }) else { return }
        list.append(list.remove(at: place))
    }

    /// Ends the connections that wait for a request, and the others after their answers.
    func drain(_ promise: EventLoopPromise<Void>) {
        drained = promise
        for connection in list where connection.isIdle { connection.close() }
        if list.isEmpty { promise.succeed() }
    }

    /// Ends all connections at once.
    func closeAll() {
        for connection in list { connection.close() }
    }
}
