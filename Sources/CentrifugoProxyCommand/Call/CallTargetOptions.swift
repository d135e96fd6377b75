import ArgumentParser
import CentrifugoProxy
import EventCaller
import Foundation
import HTTP2Transport

/// The options for the server to call, and how to call it.
struct CallTargetOptions: ParsableArguments {
    @Option(help: "The server's host and port, or an endpoint in Centrifugo's form: grpc://HOST:PORT, unix:///PATH.")
    var address = "127.0.0.1:10001"

    @Option(help: "The server's Unix socket, instead of host and port.")
    var unixSocket: String?

    @Flag(help: "Call over TLS.")
    var tls = false

    @Option(name: .customLong("ca"), help: "The PEM file of the server's CA; by default the system's CAs.")
    var serverCA: String?

    @Option(help: "The PEM file of the client's certificate chain.")
    var certificate: String?

    @Option(help: "The PEM file of the certificate's private key.")
    var privateKey: String?

    @Option(help: "The metadata key of the shared secret: credentials_key in Centrifugo's grpc options.")
    var secretKey: String?

    @Option(help: "A file with the secret's value in its first line.")
    var secretFile: String?

    @Option(help: "Seconds to wait for the answer; for streams, for the first message.")
    var timeout = 5.0

    func validate() throws {
        guard tls || (serverCA == nil && certificate == nil && privateKey == nil) else {
            throw ValidationError("--ca, --certificate and --private-key are for TLS: add --tls, or remove them.")
        }
        guard (certificate == nil) == (privateKey == nil) else {
            throw ValidationError("--certificate and --private-key go together: give both or none.")
        }
        guard (secretKey == nil) == (secretFile == nil) else {
            throw ValidationError("--secret-key and --secret-file go together: give both or none.")
        }
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout \(timeout) is out of range: choose seconds, above 0 and up to a day.")
        }
        guard unixSocket != "" else { throw ValidationError("--unix-socket has no path; name the server's socket.") }
        _ = try target()
        _ = try secret()
    }

    /// The server, in words.
    var description: String { unixSocket.map { "the Unix socket \($0)" } ?? address }

    /// The server given by the options.
    func target() throws -> ClientTarget {
        let security = tls ? ClientTLS(serverCA: serverCA, certificateChain: certificate, privateKey: privateKey) : nil
        if let unixSocket {
            let path = Endpoint.unixSocketPath(unixSocket) ?? unixSocket
            return ClientTarget(.unixSocket(path: path), tls: security)
        }
        do throws(EndpointError) {
            switch try Endpoint(address) {
            case .tcp(let host, let port): return ClientTarget(.tcp(host: host, port: port), tls: security)
            case .unixSocket(let path): return ClientTarget(.unixSocket(path: path), tls: security)
            }
        } catch {
            throw ValidationError("--address \(address) is not understood: \(error.advice).")
        }
    }

    /// The secret's metadata; empty without one.
    func secret() throws -> [MetadataPair] {
        guard let secretKey, let secretFile else { return [] }
        guard let text = try? String(contentsOfFile: secretFile, encoding: .utf8),
            let value = text.split(whereSeparator: \.isNewline).first
        else {
            throw ValidationError("--secret-file \(secretFile) cannot be read, or is empty; put the value on one line.")
        }
        return [try MetadataPair(name: secretKey, value: String(value))]
    }
}
