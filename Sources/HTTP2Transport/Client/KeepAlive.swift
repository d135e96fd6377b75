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
    private let eventLoop: NIOIsolatedEventLoop
    private weak var connection: HTTP2ClientConnection?
    private var next: Scheduled<Void>?
    private var hasRead = false

    init(_ keepAlive: KeepAlive, on eventLoop: any EventLoop, of connection: HTTP2ClientConnection) {
        self.keepAlive = keepAlive
        self.eventLoop = eventLoop.assumeIsolated()
        self.connection = connection
        wait()
    }

    /// Takes note of bytes from the server.
    func noteRead() {
        hasRead = true
    }

    func stop() {
        next?.cancel()
    }

    private func wait() {
        hasRead = false
        next = eventLoop.scheduleTask(in: TimeAmount(capping: keepAlive.interval)) { [weak self] in self?.ask() }
    }

    private func ask() {
        guard !hasRead, let connection, connection.ask() else { return wait() }
        next = eventLoop.scheduleTask(in: TimeAmount(capping: keepAlive.timeout)) { [weak self] in
            guard let self else { return }
            if hasRead { wait() } else { self.connection?.end("the server does not answer a PING") }
        }
    }
}
