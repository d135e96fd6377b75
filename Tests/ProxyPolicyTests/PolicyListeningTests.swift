import CentrifugoProxy
import Testing

@testable import ProxyPolicy

/// The protection of the file's listeners stays when an address comes from elsewhere.
@Suite struct PolicyListeningTests {
    private static let tls = "tls: {certificate: c.pem, private_key: c.key, client_ca: ca.pem}"

    private static func options(_ change: (inout ListenOverride) -> Void) -> ListenOverride {
        var options = ListenOverride()
        change(&options)
        return options
    }

    /// Every way to give another address.
    static let ways: [(name: String, change: @Sendable (inout Policy) throws -> Void, addresses: [String])] = [
        ("CENTRIFUGO_PROXY_LISTEN", { $0 = try $0.overridden(by: ["CENTRIFUGO_PROXY_LISTEN": "b:2"]) }, ["b:2"]),
        (
            "CENTRIFUGO_PROXY_LISTEN", { $0 = try $0.overridden(by: ["CENTRIFUGO_PROXY_LISTEN": "b:2,/c"]) },
            ["b:2", "/c"]
        ),
        ("--host", { try $0.listen(on: options { $0.host = "::1" }) }, ["[::1]:10001"]),
        ("--port", { try $0.listen(on: options { $0.port = 0 }) }, ["127.0.0.1:0"]),
        ("--unix-socket", { try $0.listen(on: options { $0.unixSocket = "/c" }) }, ["/c"]),
        ("--socket-activation", { try $0.listen(on: options { $0.inherited = true }) }, ["inherited"]),
        (
            "--port",
            {
                try $0.listen(
                    on: options {
                        $0.port = 1
                        $0.unixSocket = "/c"
                    }
                )
            }, ["/c", "127.0.0.1:1"]
        ),
    ]

    @Test(
        "keeps the TLS of the file's only listener",
        arguments: ways.indices,
        ["tcp: \"a:1\"", "unix: /a", "inherited: true"]
    )
    func keeps(way: Int, address: String) throws {
        var policy = try Policy(yaml: "listeners: [{\(address), \(Self.tls)}]", name: "p")
        let tls = try #require(policy.listeners[0].tls)
        try Self.ways[way].change(&policy)
        #expect(policy.listeners.map { $0.tcp ?? $0.unix ?? "inherited" } == Self.ways[way].addresses)
        #expect(policy.listeners.allSatisfy { $0.tls == tls && $0.tls?.clientCA == "ca.pem" })
    }

    @Test("adds no TLS where there is none", arguments: ways.indices)
    func none(way: Int) throws {
        for yaml in ["listeners: [{tcp: \"a:1\"}]", "listeners: [{tcp: \"a:1\"}, {unix: /a}]", "rpc: {}"] {
            var policy = try Policy(yaml: yaml, name: "p")
            try Self.ways[way].change(&policy)
            #expect(policy.listeners.allSatisfy { $0.tls == nil && $0.mode == nil })
        }
    }

    @Test("refuses to choose among several listeners of which one has TLS", arguments: ways.indices)
    func several(way: Int) throws {
        var policy = try Policy(yaml: "listeners: [{unix: /a}, {tcp: \"a:1\", \(Self.tls)}]", name: "p")
        let error = #expect(throws: PolicyError.self) { try Self.ways[way].change(&policy) }
        let said = try #require(error.map { "\($0)" })
        #expect(said.contains("replaces 2 listeners of the file, of which listeners[1] has tls"), "\(said)")
        #expect(Self.ways[way].name == "--port" || said.hasPrefix(Self.ways[way].name), "\(said)")
    }

    @Test("keeps the mode of the file's only socket, unless another is given")
    func mode() throws {
        let policy = try Policy(yaml: "listeners: [{unix: /a, mode: \"600\"}]", name: "p")
        let moved = try policy.overridden(by: ["CENTRIFUGO_PROXY_LISTEN": "/b,c:1"])
        #expect(moved.listeners.map(\.mode) == ["600", nil])
        var given = policy
        try given.listen(on: Self.options { $0.unixSocket = "/b" })
        #expect(try given.listeners[0].listeners() == [.unixSocket(path: "/b", mode: 0o600)])
        try given.listen(
            on: Self.options {
                $0.unixSocket = "/b"
                $0.unixSocketMode = "640"
            }
        )
        #expect(try given.listeners[0].listeners() == [.unixSocket(path: "/b", mode: 0o640)])
        let several = try Policy(yaml: "listeners: [{tcp: \"a:1\"}, {unix: /a, mode: \"600\"}]", name: "p")
        #expect(throws: PolicyError.self) { try several.overridden(by: ["CENTRIFUGO_PROXY_LISTEN": "/b"]) }
        #expect(throws: Never.self) { try several.overridden(by: ["CENTRIFUGO_PROXY_LISTEN": "b:1"]) }
    }

    @Test("keeps the peers' CAs when another certificate is given")
    func clientCA() throws {
        var policy = try Policy(yaml: "listeners: [{tcp: \"a:1\", \(Self.tls)}]", name: "p")
        try policy.listen(
            on: Self.options {
                $0.certificate = "other.pem"
                $0.privateKey = "other.key"
            }
        )
        #expect(policy.listeners[0].tls?.certificate == "other.pem" && policy.listeners[0].tls?.clientCA == "ca.pem")
    }

    @Test("changes nothing without an override")
    func nothing() throws {
        var policy = try Policy(yaml: "listeners: [{unix: /a}, {tcp: \"a:1\", \(Self.tls)}]", name: "p")
        let before = policy
        try policy.listen(on: ListenOverride())
        #expect(policy == before)
    }

    @Test("keeps whether the secret covers health checks, however the secret is replaced", arguments: [false, true])
    func coversHealth(covers: Bool) throws {
        var policy = try Policy(yaml: "secret: {key: k, values: [v], covers_health: \(covers)}", name: "p")
        for environment in [["SECRET_KEY": "l"], ["SECRET_VALUES": "w"], ["SECRET_FILE": "f"]] {
            let prefixed = Dictionary(uniqueKeysWithValues: environment.map { ("CENTRIFUGO_PROXY_\($0)", $1) })
            #expect(try policy.overridden(by: prefixed).secret?.coversHealth == covers)
        }
        policy.requireSecret(key: "l", file: "f")
        #expect(policy.secret == SecretPolicy(key: "l", values: [], file: "f", coversHealth: covers))
        var open = try Policy(yaml: "rpc: {}", name: "p")
        open.requireSecret(key: "l", file: "f")
        #expect(open.secret?.coversHealth == false)
    }
}
