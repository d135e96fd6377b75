import NIOCore

/// When a client asks by PING whether its server is still there, while streams are open.
package struct KeepAlive: Sendable {
    /// The time without any bytes from the server after which it is asked.
    ///
    /// Servers on grpc-go end the connection of a client that asks more than once in five minutes (its keepalive enforcement
    /// policy), so the default is more.
    package var interval = Duration.seconds(330)
    /// The time in which some bytes must follow.
    package var timeout = Duration.seconds(20)

    package init() {}
}

/// Asks for one connection, on its event loop.
final class KeepAliveTimer {
    private let keepAlive: KeepAlive
    private let eventLoop: any EventLoop
    private weak var connection: HTTP2ClientConnection?
    private var next: Scheduled<Void>?
    private var lastRead: NIODeadline

    init(_ keepAlive: KeepAlive, on eventLoop: any EventLoop, of connection: HTTP2ClientConnection) {
        self.keepAlive = keepAlive
        self.eventLoop = eventLoop
        self.connection = connection
        lastRead = eventLoop.now
        wait(until: lastRead + interval)
    }

    private var interval: TimeAmount { TimeAmount(capping: max(keepAlive.interval, .seconds(1))) }

    /// Takes note of bytes from the server.
    func noteRead() {
        lastRead = eventLoop.now
    }

    func stop() {
        next?.cancel()
    }

    private func wait(until deadline: NIODeadline) {
        next = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.ask() }
    }

    private func ask() {
        let (now, due) = (eventLoop.now, lastRead + interval)
        guard now >= due else { return wait(until: due) }
        guard let connection, connection.ask() else { return wait(until: now + interval) }
        next = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(capping: keepAlive.timeout)) { [weak self] in
            guard let self else { return }
            guard lastRead < now else { return wait(until: now + interval) }
            self.connection?.end("the server does not answer a PING")
        }
    }
}
