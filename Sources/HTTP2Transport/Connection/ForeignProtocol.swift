/// The protocol of a peer that does not speak HTTP/2 as it should, recognized by its first bytes.
enum ForeignProtocol {
    case tls
    case http1
    /// HTTP/2 without TLS; foreign only to a TLS port.
    case plaintextHTTP2
    case unknown

    private static let methods = ["GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "]

    init(firstBytes bytes: some Collection<UInt8>) {
        if Self.isTLS(bytes) {
            self = .tls
        } else if Self.methods.contains(where: { bytes.starts(with: $0.utf8) }) {
            self = .http1
        } else if bytes.starts(with: "PRI * HTTP/2.0\r\n".utf8.prefix(bytes.count)) {
            self = .plaintextHTTP2
        } else {
            self = .unknown
        }
    }

    /// Whether bytes begin like a TLS record with a handshake message (RFC 8446 §5.1).
    static func isTLS(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.first == 0x16
    }

    /// Names the protocol and what to change, for the log.
    func report(onTLSPort: Bool) -> String {
        switch self {
        case .tls:
            "a peer speaks TLS on this plaintext port; switch grpc.tls off in Centrifugo, or give the listener TLS"
        case .http1: "a peer speaks HTTP/1 and this port serves gRPC only; use a grpc:// endpoint in Centrifugo"
        case .plaintextHTTP2 where onTLSPort:
            "a peer speaks HTTP/2 without TLS on this TLS port; switch grpc.tls on in Centrifugo"
        case .plaintextHTTP2, .unknown: "a peer speaks neither HTTP/2 nor anything known; is it a gRPC client?"
        }
    }
}
