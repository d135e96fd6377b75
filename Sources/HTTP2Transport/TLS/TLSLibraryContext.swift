import NIOCore

#if TLS
import NIOSSL

/// What the TLS of new connections is made from.
typealias TLSLibraryContext = NIOSSLContext

extension NIOSSLContext {
    func makeServerHandler() -> any ChannelHandler {
        NIOSSLServerHandler(context: self)
    }

    func makeClientHandler(serverName: String?) throws -> any ChannelHandler {
        try NIOSSLClientHandler(context: self, serverHostname: serverName)
    }
}
#else
/// There is none: this build has no TLS.
struct TLSLibraryContext: Sendable {
    private let none: Never

    func makeServerHandler() -> any ChannelHandler {
        switch none {}
    }

    func makeClientHandler(serverName: String?) throws -> any ChannelHandler {
        switch none {}
    }
}
#endif
