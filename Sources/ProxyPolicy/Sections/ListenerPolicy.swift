import CentrifugoProxy
import Foundation

/// An address to listen on: `tcp`, `unix` or `inherited`, with TLS or without.
struct ListenerPolicy: Codable, Equatable, Sendable {
    static let standard = ListenerPolicy(tcp: "127.0.0.1:10001")

    var tcp: String?
    var unix: String?
    var mode: String?
    var inherited: Bool?
    var tls: TLSPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case tcp, unix, mode, inherited, tls
    }

    init(tcp: String? = nil, unix: String? = nil, mode: String? = nil, inherited: Bool? = nil) {
        self.tcp = tcp
        self.unix = unix
        self.mode = mode
        self.inherited = inherited
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        tcp = try fields.optional(.tcp)
        unix = try fields.optional(.unix)
        mode = try fields.optional(.mode)
        inherited = try fields.optional(.inherited)
        tls = try fields.section(.tls)
        try check(at: decoder.codingPath)
    }

    /// Makes the address of a section that has other keys as well.
    ///
    /// - Throws: `DecodingError` for an address that cannot be used.
    init(tcp: String?, unix: String?, mode: String?, tls: TLSPolicy?, at path: [any CodingKey]) throws {
        self.tcp = tcp
        self.unix = unix
        self.mode = mode
        self.tls = tls
        try check(at: path, choices: "tcp: HOST:PORT and unix: PATH")
    }

    private mutating func check(
        at path: [any CodingKey],
        choices: String = "tcp: HOST:PORT, unix: PATH and inherited: true"
    ) throws {
        func mistake(_ key: CodingKeys, _ text: String) -> DecodingError { .mistake(text, at: path + [key]) }
        guard [tcp != nil, unix != nil, inherited == true].count(where: { $0 }) == 1 else {
            throw DecodingError.mistake(
                "needs one of \(choices)",
                at: path
            )
        }
        do throws(EndpointError) {
            // As in Centrifugo's endpoint, both forms mean the same.
            if let tcp { self.tcp = try Self.hostAndPort(tcp) }
            if let unix { self.unix = try Self.path(unix) }
        } catch {
            let (key, text) = tcp.map { (CodingKeys.tcp, $0) } ?? (.unix, unix ?? "")
            throw mistake(key, "is \"\(text)\"; \(error.advice)")
        }
        guard mode == nil || unix != nil else { throw mistake(.mode, "applies only to unix; remove it") }
        if let mode, UInt16(mode, radix: 8).map({ $0 <= 0o777 }) != true {
            throw mistake(.mode, "is \"\(mode)\"; write an octal mode in quotes, such as \"660\"")
        }
    }

    /// Host and port of `HOST:PORT`, with an IPv6 address in brackets; nil for any other text.
    static func address(_ text: String) -> (host: String, port: Int)? {
        guard case .tcp(let host, let port)? = try? Endpoint(text, ports: 0...65_535) else { return nil }
        return (host, port)
    }

    private static func hostAndPort(_ text: String) throws(EndpointError) -> String {
        switch try Endpoint(text, ports: 0...65_535) {
        case .tcp(let host, let port): return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): throw EndpointError("write unix: \(path) for a Unix socket")
        }
    }

    private static func path(_ text: String) throws(EndpointError) -> String {
        if let path = Endpoint.unixSocketPath(text) {
            guard !path.isEmpty else { throw EndpointError("write the path of the socket to make") }
            return path
        }
        guard !text.contains("://") else { throw EndpointError("write the path of the socket to make") }
        return text
    }

    /// The server's listeners; systemd may pass several sockets.
    func listeners() throws -> [ProxyServer.Listener] {
        let tls = tls.map {
            ProxyServer.TLS(certificateChain: $0.certificate, privateKey: $0.privateKey, clientCA: $0.clientCA)
        }
        if let tcp, let address = Self.address(tcp) {
            return [.tcp(host: address.host, port: address.port, tls: tls)]
        }
        if let unix { return [.unixSocket(path: unix, mode: mode.flatMap { UInt16($0, radix: 8) } ?? 0o660, tls: tls)] }
        return try ProxyServer.Listener.inherited(tls: tls)
    }
}

/// The PEM files of a listener's TLS.
struct TLSPolicy: Codable, Equatable, Sendable {
    var certificate: String
    var privateKey: String
    var clientCA: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case certificate
        case privateKey = "private_key"
        case clientCA = "client_ca"
    }

    init(certificate: String, privateKey: String, clientCA: String?) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.clientCA = clientCA
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        certificate = try fields.required(.certificate)
        privateKey = try fields.required(.privateKey)
        clientCA = try fields.optional(.clientCA)
    }
}

/// The metadata that Centrifugo must send with each call: its `credentials_key` and `credentials_value`.
struct SecretPolicy: Codable, Equatable, Sendable {
    var key: String
    /// The accepted values.
    var values: [Secret]
    /// A file with one accepted value on each line.
    var file: String?
    var coversHealth: Bool

    enum CodingKeys: String, CodingKey, CaseIterable {
        case key, values, file
        case coversHealth = "covers_health"
    }

    init(key: String, values: [Secret], file: String?, coversHealth: Bool) {
        self.key = key
        self.values = values
        self.file = file
        self.coversHealth = coversHealth
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        key = try fields.required(.key)
        values = try fields.list(.values) ?? []
        file = try fields.optional(.file)
        coversHealth = try fields.value(.coversHealth, or: false)
        guard !values.isEmpty || file != nil else {
            throw DecodingError.mistake("needs a value; add values: [TEXT], or file: PATH", at: decoder.codingPath)
        }
    }

    func sharedSecret() throws -> SharedSecret {
        var accepted = values.map(\.text)
        if let file {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw PolicyError("The secret's file \(file) cannot be read; give a text file, one value per line.")
            }
            accepted += text.split(whereSeparator: \.isNewline).map(String.init)
        }
        var secret = try SharedSecret(metadataKey: key, values: accepted)
        secret.coversHealth = coversHealth
        return secret
    }
}
