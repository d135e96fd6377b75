import HTTP2Framing
import NIOCore

/// The open connections of one event loop, and what it takes to make one.
final class ConnectionTable {
    // How long to wait, after a connection has ended, before its memory is returned to the system, together with that
    // of all others that ended meanwhile. Longer than timers keep a connection that has ended.
    private static let releaseDelay = TimeAmount.seconds(2)
    // The least that the ended connections must have held: the release searches all free memory, and takes milliseconds
    // where much is open.
    private static let worthReleasing = 1_024 * 1_024

    let loop: ServerLoop
    let routes: HTTP2Routes
    let settings: HTTP2Settings
    let limits: ConnectionLimits
    let reports: PeerReports
    /// Makes the object that handles the events of a new connection.
    let makeDelegate: (HTTP2Connection) -> any HTTP2ConnectionDelegate
    private let limiter: ConcurrencyLimiter
    private var connections: [ObjectIdentifier: HTTP2Connection] = [:]
    private var emptied: EventLoopPromise<Void>?
    private var isReleaseScheduled = false
    /// The most that each connection held, summed over those that ended since the last release.
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

    /// Adds the handlers to an accepted channel, if there is room for another connection.
    func setUp(_ channel: any Channel, tls: TLSContext?) throws {
        guard limiter.enter() else {
            let peer = HTTP2Connection.text(of: channel.remoteAddress)
            reports.isOneTooMany(limit: limits.maxConnections, peer: peer)
            throw TooManyConnectionsError()
        }
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandlers(TLSGate(reports: reports), tls.makeServerHandler())
            }
            try pipeline.addHandler(HTTP2Connection(table: self, overTLS: tls != nil))
        } catch {
            limiter.leave()
            throw error
        }
    }

    /// How many connections were accepted, those that have ended among them.
    private(set) var acceptedCount: UInt64 = 0

    /// What the open connections are and hold.
    func makeSnapshot(askedAt: UInt64) -> LoopSnapshot {
        let now = ServerLoop.clock
        return LoopSnapshot(
            lag: now > askedAt ? now - askedAt : 0,
            connections: connections.count,
            accepted: acceptedCount,
            oldest: connections.values.map { now > $0.acceptedAt ? now - $0.acceptedAt : 0 }.max() ?? 0,
            heldBytes: connections.values.reduce(0) { $0 + $1.heldBytes }
        )
    }

    /// Whether only one connection is open.
    var isSingle: Bool { connections.count == 1 }

    func add(_ connection: HTTP2Connection) {
        connections[ObjectIdentifier(connection)] = connection
        acceptedCount += 1
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

    /// The allocator would keep the most memory that connections ever needed, hundreds of megabytes after many streams.
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

    /// Lets all connections finish their open streams; ends those that are not done after `grace`.
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

/// Thrown to close a channel that was just accepted.
private struct TooManyConnectionsError: Error {}
