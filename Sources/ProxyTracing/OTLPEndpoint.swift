import HTTP2Transport

/// The address of a collector that speaks OTLP over gRPC.
public struct OTLPEndpoint: Sendable {
    /// The host's name or IP address.
    public var host: String
    /// From 1 to 65535.
    public var port: Int
    /// Whether it is called over TLS.
    public var isSecure: Bool
    /// The PEM file of the CAs that may have signed the collector's certificate; nil takes the system's.
    public var serverCA: String?
    /// The PEM file of this side's certificate chain; nil presents none.
    public var certificateChain: String?
    /// The PEM file of that certificate's private key.
    public var privateKey: String?

    /// Makes an address.
    public init(host: String, port: Int = 4_317, isSecure: Bool = false) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Reads `http://HOST:PORT` or `https://HOST:PORT`; the port is 4317 where it is not given.
    ///
    /// - Throws: ``OTLPEndpointError``.
    public init(_ text: String) throws(OTLPEndpointError) {
        let scheme = text.prefix { $0 != ":" }
        var rest = text.dropFirst(scheme.count)
        guard ["http", "https"].contains(scheme.lowercased()), rest.hasPrefix("://") else {
            throw OTLPEndpointError("write http://HOST:PORT, or https://HOST:PORT for TLS")
        }
        isSecure = scheme.lowercased() == "https"
        rest = rest.dropFirst(3)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains(where: { "/?#@ ".contains($0) }) else {
            throw OTLPEndpointError("a gRPC endpoint has a host and a port, and nothing after them")
        }
        let hostEnd: Substring.Index
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw OTLPEndpointError("an IPv6 address ends with ]") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            hostEnd = rest.index(after: end)
        } else {
            hostEnd = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<hostEnd])
        }
        guard !host.isEmpty else { throw OTLPEndpointError("it has no host") }
        let portText = rest[hostEnd...]
        guard !portText.isEmpty else {
            port = 4_317
            return
        }
        guard portText.hasPrefix(":"), let number = Int(portText.dropFirst()), 1...65_535 ~= number else {
            throw OTLPEndpointError("a port is a number from 1 to 65535")
        }
        port = number
    }

    var target: ClientTarget {
        ClientTarget(
            .tcp(host: host, port: port),
            tls: isSecure
                ? ClientTLS(serverCA: serverCA, certificateChain: certificateChain, privateKey: privateKey) : nil
        )
    }
}

/// Why a text is not an endpoint, as the end of a sentence.
public struct OTLPEndpointError: Error, Sendable, CustomStringConvertible {
    /// What to write instead.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
