import NIOCore

/// The timers of an open connection, each of which ends it in its own way.
///
/// On the connection's event loop.
final class ConnectionClocks {
    private let limits: ConnectionLimits
    // Computed once: every read and every write needs them, and would otherwise divide 128-bit numbers.
    private let keepaliveInterval: TimeAmount
    private let idleTimeout: TimeAmount
    private let handshake: MovingTimer
    private let idle: MovingTimer
    private let silence: MovingTimer
    private let unread: MovingTimer
    private let age: MovingTimer
    private var isHandshakeDone = false
    private var isIdle = false
    private var isProbing = false

    init(of connection: HTTP2Connection, limits: ConnectionLimits) {
        let eventLoop = connection.loop.eventLoop
        self.limits = limits
        keepaliveInterval = TimeAmount(capping: limits.keepaliveInterval)
        idleTimeout = TimeAmount(capping: limits.idleTimeout)
        handshake = MovingTimer(on: eventLoop) { connection.close() }
        idle = MovingTimer(on: eventLoop) { connection.drain() }
        silence = MovingTimer(on: eventLoop) { connection.clocks?.peerIsSilent(connection) }
        unread = MovingTimer(on: eventLoop) { connection.close() }
        age = MovingTimer(on: eventLoop) { connection.drain() }
        handshake.start(limits.handshakeTimeout)
        if let maxAge = limits.maxAge {
            // Jitter, so that connections that came together do not all leave together.
            age.start(maxAge * Double.random(in: 0.9...1.1))
        }
    }

    /// The peer's first SETTINGS have arrived.
    func handshakeDone() {
        isHandshakeDone = true
        handshake.cancel()
    }

    /// The peer has sent something.
    func heardPeer(at now: UInt64) {
        isProbing = false
        silence.start(after: keepaliveInterval, from: .uptimeNanoseconds(now))
    }

    private func peerIsSilent(_ connection: HTTP2Connection) {
        guard !isProbing else { return connection.close() }
        isProbing = true
        connection.probe()
        silence.start(limits.keepaliveTimeout)
    }

    /// Whether no stream is open.
    func setIdle(_ now: Bool) {
        // Until then the handshake's timer applies.
        guard isHandshakeDone, now != isIdle else { return }
        isIdle = now
        if now { idle.start(after: idleTimeout) } else { idle.pause() }
    }

    /// Whether the peer leaves so many bytes unread that nothing more is written.
    func setUnread(_ now: Bool) {
        if now { unread.start(limits.unreadTimeout) } else { unread.pause() }
    }

    func cancel() {
        for timer in [handshake, idle, silence, unread, age] { timer.cancel() }
    }
}
