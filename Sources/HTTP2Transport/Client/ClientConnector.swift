package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Connects to a server.
package struct ClientConnector: Sendable {
    private let target: ClientTarget
    private let tls: TLSLibraryContext?
    private let timeout: TimeAmount

    /// Reads the TLS files, once for all connections.
    ///
    /// - Parameters:
    ///   - target: The server.
    ///   - timeout: How long connecting may take.
    /// - Throws: ``ConnectError`` and ``TLSFileError``.
    package init(_ target: ClientTarget, timeout: TimeAmount) throws {
        self.target = target
        self.timeout = timeout
        tls = try target.tls.map { try $0.makeContext() }
    }

    /// The request's `:scheme`.
    package var scheme: String { tls == nil ? "http" : "https" }

    /// The request's `:authority`.
    package var authority: String { target.address.authority }

    /// Connects, and adds the connection's handler.
    ///
    /// - Parameters:
    ///   - eventLoop: The connection's event loop.
    ///   - connection: Called on that loop, with whether the channel has TLS.
    /// - Returns: The channel, which reads.
    package func connect(
        on eventLoop: any EventLoop,
        _ connection: @escaping @Sendable (_ isOverTLS: Bool) -> HTTP2ClientConnection
    ) -> EventLoopFuture<any Channel> {
        // Nothing is read until the handlers are there. They are added to the established connection, not to each
        // attempt, since a host name may stand for several addresses.
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.autoRead, value: false)
        let channel =
            switch target.address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        return channel.flatMapThrowing { channel in
            let pipeline = channel.pipeline.syncOperations
            if case .tcp = target.address { Self.limitSilence(of: channel) }
            do {
                if let tls {
                    try pipeline.addHandler(tls.makeClientHandler(serverName: target.address.serverName))
                }
                try pipeline.addHandler(connection(tls != nil))
            } catch {
                channel.close(promise: nil)
                throw error
            }
            // This fails if the server ends the connection at once; the handlers then report why.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
            return channel
        }
    }

    /// Has the kernel end a connection whose server acknowledges nothing for so long, as grpc-go does: without it, calls
    /// would wait for minutes on a connection that no longer exists.
    private static func limitSilence(of channel: any Channel) {
        #if os(Linux)
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
        try? channel.syncOptions?.setOption(option, value: 20_000)
        #endif
    }
}
