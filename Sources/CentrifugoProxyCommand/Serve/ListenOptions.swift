import ArgumentParser
import CentrifugoProxy
import ProxyPolicy

/// The options for what `serve` listens on.
struct ListenOptions: ParsableArguments {
    @Option(help: "The host name or IP address to listen on; 127.0.0.1 by default.")
    var host: String?

    @Option(help: "The TCP port to listen on; 10001 by default, 0 lets the system choose one.")
    var port: Int?

    @Option(help: "A Unix domain socket to listen on; without --host and --port, instead of TCP.")
    var unixSocket: String?

    @Option(help: "The octal mode of the Unix socket's file; 660 by default.", transform: ListenOptions.mode)
    var unixSocketMode: String?

    @Flag(help: "Listen on the sockets that systemd passes; without --host and --port, instead of TCP.")
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
            throw ValidationError("--client-ca needs TLS: add --certificate and --private-key.")
        }
    }

    /// The listeners from the options, in place of the policy's.
    var override: ListenOverride {
        var override = ListenOverride()
        override.host = host
        override.port = port
        override.unixSocket = unixSocket.map { Endpoint.unixSocketPath($0) ?? $0 }
        override.unixSocketMode = unixSocketMode
        override.inherited = socketActivation
        override.certificate = certificate
        override.privateKey = privateKey
        override.clientCA = clientCA
        return override
    }

    private static func mode(_ text: String) throws -> String {
        guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
            throw ValidationError("choose an octal mode such as 660 or 600.")
        }
        return text
    }
}
