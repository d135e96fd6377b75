import ArgumentParser
import CentrifugoProxy

/// The options that say what `serve` listens on.
struct ListenOptions: ParsableArguments {
    @Option(help: "The host name or IP address to listen on; 127.0.0.1 by default.")
    var host: String?

    @Option(help: "The TCP port to listen on; 10001 by default, 0 lets the system choose one.")
    var port: Int?

    @Option(help: "A Unix domain socket to listen on; without --host and --port, instead of TCP.")
    var unixSocket: String?

    @Option(help: "The octal mode of the Unix socket's file.", transform: ListenOptions.mode)
    var unixSocketMode: UInt16 = 0o660

    @Flag(help: "Listen on the sockets that systemd hands over; without --host and --port, instead of TCP.")
    var socketActivation = false

    @Option(help: "The PEM file of the server's certificate chain; TLS is served with it.")
    var certificate: String?

    @Option(help: "The PEM file of the certificate's private key.")
    var privateKey: String?

    @Option(help: "The PEM file of the CAs whose certificates peers must present.")
    var clientCA: String?

    func validate() throws {
        if let port, !(0...65_535 ~= port) {
            throw ValidationError("--port \(port) is not a port: choose one from 0 to 65535.")
        }
        guard host != "" else {
            throw ValidationError("--host is empty: name a host or an address, such as 127.0.0.1 or 0.0.0.0.")
        }
        guard unixSocket != "" else { throw ValidationError("--unix-socket has no path: name a file to make.") }
        guard (certificate == nil) == (privateKey == nil) else {
            throw ValidationError("--certificate and --private-key go together: give both, or none for plaintext.")
        }
        guard clientCA == nil || certificate != nil else {
            throw ValidationError("--client-ca needs --certificate and --private-key: without TLS peers show nothing.")
        }
    }

    /// Whether any of them is there.
    var isGiven: Bool {
        host != nil || port != nil || unixSocket != nil || socketActivation || certificate != nil
    }

    /// What the options ask to listen on.
    func listeners() throws -> [ProxyServer.Listener] {
        var listeners: [ProxyServer.Listener] = []
        if socketActivation { listeners += try ProxyServer.Listener.inherited(tls: tls) }
        if let unixSocket {
            let path = Endpoint.unixSocketPath(unixSocket) ?? unixSocket
            listeners.append(.unixSocket(path: path, mode: unixSocketMode, tls: tls))
        }
        if listeners.isEmpty || host != nil || port != nil {
            listeners.append(.tcp(host: host ?? "127.0.0.1", port: port ?? 10_001, tls: tls))
        }
        return listeners
    }

    private var tls: ProxyServer.TLS? {
        guard let certificate, let privateKey else { return nil }
        return ProxyServer.TLS(certificateChain: certificate, privateKey: privateKey, clientCA: clientCA)
    }

    private static func mode(_ text: String) throws -> UInt16 {
        guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
            throw ValidationError("choose an octal mode such as 660 or 600.")
        }
        return mode
    }
}
