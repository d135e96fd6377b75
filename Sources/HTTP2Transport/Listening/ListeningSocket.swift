import NIOCore
package import NIOPosix

/// A bound socket that accepts connections.
package struct ListeningSocket: Sendable {
    /// The address for peers to connect to.
    package struct Address: Hashable, Sendable {
        /// The TCP port; nil for a Unix socket.
        package let port: Int?
        /// `ip:port`, `[ip]:port`, or the path of a Unix socket.
        package let text: String
    }

    private let channel: any Channel
    private let file: UnixSocketFile?

    /// Whether peers on other machines can reach it.
    package var isPublic: Bool {
        // A Unix socket has no such address.
        guard let address = channel.localAddress?.ipAddress else { return false }
        return !(address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127."))
    }

    package var address: Address {
        let local = channel.localAddress
        return Address(port: local?.port, text: file?.path ?? HTTP2Connection.text(of: local))
    }

    /// Opens all listeners, or none.
    /// - Throws: ``ListenError``, with the address that failed.
    static func open(
        _ listeners: [Listener],
        on group: MultiThreadedEventLoopGroup,
        _ tables: [LoopConfined<ConnectionTable>],
        _ reports: PeerReports
    ) async throws(ListenError) -> [ListeningSocket] {
        let tableOfLoop = Dictionary(
            uniqueKeysWithValues: tables.map { (ObjectIdentifier($0.value.loop.eventLoop), $0) }
        )
        var opened: [ListeningSocket] = []
        for listener in listeners {
            let bootstrap = ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(SpareDescriptor(reports: reports))
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                // One read per connection, so that the other connections are read in between.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 * 1_024, high: 512 * 1_024))
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try tableOfLoop[ObjectIdentifier(channel.eventLoop)]?.value.setUp(channel, tls: listener.tls)
                    }
                }
            do throws(ListenError) {
                opened.append(try await open(listener.address, by: bootstrap))
            } catch {
                for socket in opened { await socket.close() }
                throw error
            }
        }
        return opened
    }

    /// Opens one listener, whose connections `bootstrap` sets up.
    /// - Throws: ``ListenError``, with the address.
    package static func open(
        _ address: Listener.Address,
        by bootstrap: ServerBootstrap
    ) async throws(ListenError) -> Self {
        do {
            return try await open(address, with: bootstrap)
        } catch {
            var reason = ListenError(error)
            reason.address = address
            throw reason
        }
    }

    private static func open(_ address: Listener.Address, with bootstrap: ServerBootstrap) async throws -> Self {
        switch address {
        case .tcp(let host, let port):
            return Self(channel: try await bootstrap.bind(host: host, port: port).get(), file: nil)
        case .unixSocket(let path, let mode):
            let (file, descriptor) = try UnixSocketFile.bind(path, mode: mode)
            do {
                return Self(channel: try await bootstrap.withBoundSocket(descriptor).get(), file: file)
            } catch {
                file.remove()
                throw error
            }
        case .descriptor(let descriptor):
            try SocketDescriptor.check(descriptor)
            return Self(channel: try await bootstrap.withBoundSocket(descriptor).get(), file: nil)
        }
    }

    /// Stops accepting, and removes the file of a Unix socket if it is still the one this socket made.
    package func close() async {
        file?.remove()
        try? await channel.close()
    }
}
