import HTTP2Framing
import NIOCore
import NIOSSL

/// The open connections of one event loop, and what each of them is made with.
final class ConnectionTable {
    // From the end of a connection to the release of its memory, with that of all that end meanwhile: longer than timers
    // keep a connection that has ended.
    private static let releaseDelay = TimeAmount.seconds(2)
    // What ended connections must have held for that to be worth it: the release looks through all that is free, and takes
    // milliseconds where much is open.
    private static let worthReleasing = 1_024 * 1_024

    let loop: ServerLoop
    let routes: HTTP2Routes
    let settings: HTTP2Settings
    let limits: ConnectionLimits
    let reports: PeerReports
    /// Makes what takes the events of a new connection.
    let makeDelegate: (HTTP2Connection) -> any HTTP2ConnectionDelegate
    private let limiter: ConcurrencyLimiter
    private var connections: [ObjectIdentifier: HTTP2Connection] = [:]
    private var emptied: EventLoopPromise<Void>?
    private var isReleaseScheduled = false
    /// What the connections held at most that have ended since the last release.
    private(set) var unreleased = 0

    init(
        loop: ServerLoop,
        routes: HTTP2Routes,
        settings: HTTP2Settings,
        limits: ConnectionLimits,
        reports: PeerReports,
        limiter: ConcurrencyLimiter,
        makeDelegate: @escaping (HTTP2Connection) -> any HTTP2ConnectionDelegate
    ) {
        self.loop = loop
        self.routes = routes
        self.settings = settings
        self.limits = limits
        self.reports = reports
        self.limiter = limiter
        self.makeDelegate = makeDelegate
    }

    /// Gives a channel that was accepted its handlers, if there is room for one more connection.
    func setUp(_ channel: any Channel, tls: TLSContext?) throws {
        guard limiter.enter() else {
            let peer = HTTP2Connection.text(of: channel.remoteAddress)
            reports.isOneTooMany(limit: limits.maxConnections, peer: peer)
            throw TooManyConnectionsError()
        }
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandlers(TLSGate(reports: reports), NIOSSLServerHandler(context: tls.current))
            }
            try pipeline.addHandler(HTTP2Connection(table: self, overTLS: tls != nil))
        } catch {
            limiter.leave()
            throw error
        }
    }

    /// Whether only one connection is open.
    var isSingle: Bool { connections.count == 1 }

    func add(_ connection: HTTP2Connection) {
        connections[ObjectIdentifier(connection)] = connection
        // Accepted before the listener closed, set up after the drain began.
        if emptied != nil { connection.shutDown() }
    }

    func remove(_ connection: HTTP2Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        limiter.leave()
        if connections.isEmpty { emptied?.succeed() }
        unreleased += connection.session.mostHeldBytes
        if unreleased >= Self.worthReleasing { releaseMemoryLater() }
    }

    /// The allocator keeps the most that connections ever needed, hundreds of megabytes after a hundred thousand streams.
    private func releaseMemoryLater() {
        guard !isReleaseScheduled else { return }
        isReleaseScheduled = true
        let table = LoopConfined(self)
        loop.eventLoop.scheduleTask(in: Self.releaseDelay) {
            table.value.isReleaseScheduled = false
            table.value.unreleased = 0
            HTTP2Session.releaseFreeMemory()
        }
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

/// Has a channel closed that was just accepted.
private struct TooManyConnectionsError: Error {}
