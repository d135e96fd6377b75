package import HTTP2Framing
import NIOCore
import NIOPosix
import NIOSSL

extension HTTP2Exchange {
    /// Connects to a server and sends a request's headers.
    ///
    /// - Parameters:
    ///   - target: The server.
    ///   - request: The request's headers, pseudo-headers first.
    ///   - timeout: How long connecting may take, in seconds.
    /// - Returns: The exchange, whose body is still to be sent.
    /// - Throws: ``ConnectError``, and ``TLSFileError`` for a PEM file that cannot be used.
    package static func open(
        _ target: ClientTarget,
        request: HeaderFields,
        timeout: Double
    ) async throws -> HTTP2Exchange {
        let tls = try target.tls.map { try $0.makeContext() }
        let (answers, continuation) = AsyncStream.makeStream(of: Answer.self)
        // Nothing is read until the handlers are there. They are added to the established connection, not to each
        // attempt, since a host name may stand for several addresses.
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(Int64(timeout * 1e9)))
            .channelOption(.autoRead, value: false)
        do {
            let channel =
                switch target.address {
                case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
                case .unixSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
                }
            try await channel.eventLoop.submit {
                let pipeline = channel.pipeline.syncOperations
                if let tls {
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: target.address.serverName)
                    try pipeline.addHandler(handler)
                }
                try pipeline.addHandler(
                    HTTP2ClientHandler(request: request, isOverTLS: tls != nil, answers: continuation)
                )
                // This fails if the server ends the connection at once; the handlers then report why.
                try? channel.syncOptions?.setOption(.autoRead, value: true)
            }.get()
            return HTTP2Exchange(answers: answers, channel: channel)
        } catch {
            throw ConnectError(error)
        }
    }
}

extension ClientTarget.Address {
    /// The name that the server's certificate must have; nil for IP addresses, which TLS cannot send (RFC 6066 §3).
    fileprivate var serverName: String? {
        switch self {
        case .tcp(let host, _): (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        case .unixSocket: "localhost"
        }
    }
}

extension ClientTLS {
    func makeContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        configuration.closesAtOnce()
        if let serverCA { configuration.trustRoots = .certificates(try TLSFiles.certificates(in: serverCA)) }
        if let certificateChain, let privateKey {
            configuration.certificateChain = try TLSFiles.certificates(in: certificateChain).map { .certificate($0) }
            configuration.privateKey = .privateKey(try TLSFiles.privateKey(in: privateKey))
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConnectError("the private key does not belong to the certificate; give both of one pair")
        }
    }
}
