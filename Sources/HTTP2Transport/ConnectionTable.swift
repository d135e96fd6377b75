import NIOCore

/// The open connections of one event loop.
final class ConnectionTable {
    let loop: ServerLoop
    /// Makes what takes the events of a new connection.
    let makeDelegate: (HTTP2Connection) -> any HTTP2ConnectionDelegate
    private var connections: [ObjectIdentifier: HTTP2Connection] = [:]
    private var emptied: EventLoopPromise<Void>?

    init(loop: ServerLoop, makeDelegate: @escaping (HTTP2Connection) -> any HTTP2ConnectionDelegate) {
        self.loop = loop
        self.makeDelegate = makeDelegate
    }

    func add(_ connection: HTTP2Connection) {
        connections[ObjectIdentifier(connection)] = connection
        // Accepted before the listener closed, set up after the drain began.
        if emptied != nil { connection.shutDown() }
    }

    func remove(_ connection: HTTP2Connection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty { emptied?.succeed() }
    }

    /// Lets all connections finish what they have open; those that are not done after `grace` are ended.
    func drain(grace: TimeAmount) -> EventLoopFuture<Void> {
        let promise = loop.eventLoop.makePromise(of: Void.self)
        emptied = promise
        for connection in connections.values {
            connection.shutDown()
        }
        if connections.isEmpty { promise.succeed() }
        let table = LoopConfined(self)
        let timer = loop.eventLoop.scheduleTask(in: grace) { table.value.endAll() }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }

    private func endAll() {
        for connection in connections.values {
            connection.endNow()
        }
    }
}
