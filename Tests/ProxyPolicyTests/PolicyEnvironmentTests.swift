import CentrifugoModel
import CentrifugoProxy
import Testing

@testable import ProxyPolicy

@Suite struct PolicyEnvironmentTests {
    private static func overridden(_ variables: [String: String]) throws -> Policy {
        let prefixed = Dictionary(uniqueKeysWithValues: variables.map { ("CENTRIFUGO_PROXY_\($0)", $1) })
        return try Policy.starter.overridden(by: prefixed.merging(["HOME": "/root"]) { first, _ in first })
    }

    @Test("gives environment variables precedence over the file")
    func overrides() throws {
        let policy = try Self.overridden([
            "LISTEN": "0.0.0.0:1,/run/a.sock", "LOG_LEVEL": "error", "LOG_ACCESS": "false", "EVENT_LOOPS": "3",
            "HANDLERS": "global", "SECRET_KEY": "x-key", "SECRET_VALUES": "one,two", "TOKENS_SQLITE_FILE": "/tmp/t",
            "LIMITS_MAX_REQUEST_SIZE": "1MiB", "LIMITS_MAX_CONNECTION_AGE": "1h", "CONFIG": "x.yaml",
        ])
        #expect(policy.listeners == [ListenerPolicy(tcp: "0.0.0.0:1"), ListenerPolicy(unix: "/run/a.sock")])
        #expect(policy.log.level == "error" && !policy.log.access.isOn)
        #expect(policy.executor.eventLoops == 3 && policy.executor.handlers == "global")
        #expect(policy.secret?.key == "x-key" && policy.secret?.values.map(\.text) == ["one", "two"])
        #expect(policy.tokens?.sqlite?.file == "/tmp/t")
        #expect(
            policy.limits.limits.maxRequestSize == 1_048_576 && policy.limits.limits.maxConnectionAge == .seconds(3_600)
        )
    }

    @Test("keeps the protection of the admin listener at another address")
    func adminListener() throws {
        let file = "admin: {tcp: \"127.0.0.1:1\", tls: {certificate: c, private_key: k, client_ca: a}, token_file: t}"
        let policy = try Policy(yaml: file, name: "p")
        let moved = try policy.overridden(by: ["CENTRIFUGO_PROXY_ADMIN_LISTEN": "0.0.0.0:2"])
        #expect(moved.admin?.listener.tcp == "0.0.0.0:2" && moved.admin?.tokenFile == "t")
        #expect(moved.admin?.listener.tls != nil && moved.admin?.listener.tls == policy.admin?.listener.tls)
        let socket = try Policy(yaml: "admin: {unix: /run/a, mode: \"600\", token_file: t}", name: "p")
        let other = try socket.overridden(by: ["CENTRIFUGO_PROXY_ADMIN_LISTEN": "/run/b"])
        #expect(other.admin?.listener.unix == "/run/b" && other.admin?.listener.mode == "600")
        #expect(other.admin?.tokenFile == "t" && other.admin?.listener.tcp == nil)
    }

    @Test("asks the HTTP server for connections at another URL, with the file's headers")
    func connectURL() throws {
        let policy = try Policy(yaml: "connect: {http: {url: \"http://a\", headers: {x: y}}}", name: "p")
        let moved = try policy.overridden(by: ["CENTRIFUGO_PROXY_CONNECT_HTTP_URL": "https://b/c"])
        #expect(moved.connect?.http?.url == "https://b/c" && moved.connect?.http?.headers["x"]?.text == "y")
    }

    @Test("refuses variables for token storages that the file does not have")
    func noTokens() throws {
        let policy = try Policy(yaml: "topics: []", name: "p")
        #expect(throws: PolicyError("CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE needs tokens.sqlite in the file.")) {
            try policy.overridden(by: ["CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE": "a"])
        }
    }

    @Test("does not change the file's policy without them")
    func none() throws {
        #expect(try Self.overridden([:]) == Policy.starter)
    }

    @Test("replaces the file's values by a secret from outside")
    func secret() throws {
        let policy = try Policy(yaml: "secret: {key: k, values: [old]}", name: "p")
        let changed = try policy.overridden(by: ["CENTRIFUGO_PROXY_SECRET_VALUES": "new"])
        #expect(changed.secret?.key == "k" && changed.secret?.values.map(\.text) == ["new"])
    }

    @Test(
        "refuses misspelt variables and invalid values",
        arguments: [
            ("LISTN", "a:1", "CENTRIFUGO_PROXY_LISTN is not a setting; write CENTRIFUGO_PROXY_LISTEN, or unset it."),
            ("SECRET_FIEL", "a", "is not a setting; write CENTRIFUGO_PROXY_SECRET_FILE"),
            ("SECRETS_FILE", "a", "is not a setting; write CENTRIFUGO_PROXY_SECRET_FILE"),
            ("LIMITS_MAX_REQUEST_SIZES", "1", "is not a setting; write CENTRIFUGO_PROXY_LIMITS_MAX_REQUEST_SIZE"),
            ("LISTEN", "${ADDRESS}", "CENTRIFUGO_PROXY_LISTEN has the placeholder ${ADDRESS}, which is not replaced"),
            ("SECRET_VALUES", "a,${SECRET}", "CENTRIFUGO_PROXY_SECRET_VALUES has the placeholder ${SECRET}"),
            ("LIMITS_KEEPALIVE_INTERVAL", "0s", #"LIMITS_KEEPALIVE_INTERVAL is "0s"; choose from 10ms to 3650d."#),
            ("LIMITS_MAX_REQUEST_SIZE", "9223372036854775807", "choose from 1 to 4294967295."),
            ("LISTEN", "nowhere", #"CENTRIFUGO_PROXY_LISTEN is "nowhere"; write HOST:PORT"#),
            ("TOKENS_SQLITE_FILE", "", "CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE is empty; give it a value, or unset it."),
            ("SECRET_FILE", "", "CENTRIFUGO_PROXY_SECRET_FILE is empty; give it a value, or unset it."),
            ("LISTEN", "", #"CENTRIFUGO_PROXY_LISTEN is ""; write HOST:PORT, or a path for a Unix socket."#),
            ("LOG_LEVEL", "loud", #"CENTRIFUGO_PROXY_LOG_LEVEL is "loud"; choose trace"#),
            ("LOG_ACCESS", "maybe", #"CENTRIFUGO_PROXY_LOG_ACCESS is "maybe"; choose true or false."#),
            ("EVENT_LOOPS", "0", #"CENTRIFUGO_PROXY_EVENT_LOOPS is "0"; choose from 1 to 1024."#),
            ("HANDLERS", "here", "choose event_loop or global."),
            ("SECRET_KEY", "x", "CENTRIFUGO_PROXY_SECRET_KEY needs SECRET_VALUES or SECRET_FILE."),
            ("SECRET_VALUES", "x", "CENTRIFUGO_PROXY_SECRET_KEY is missing"),
            ("TOKENS_POSTGRES_CONNECTION", "x", "needs tokens.postgres in the file."),
            ("RPC_HTTP_BASE_URL", "x", "needs rpc.http in the file."),
            ("CONNECT_HTTP_URL", "x", "needs connect.http in the file."),
            ("CONNECT_HTTP_URL", "", "is empty; give it a"),
            ("LIMITS_IDLE_TIMEOUT", "x", #"CENTRIFUGO_PROXY_LIMITS_IDLE_TIMEOUT is "x", which is not a duration"#),
        ]
    )
    func mistakes(name: String, value: String, sentence: String) {
        do {
            _ = try Self.overridden([name: value])
            Issue.record("no mistake")
        } catch {
            #expect("\(error)".contains(sentence), "\(error)")
        }
    }

    @Test(
        "ignores Kubernetes' variables for Services",
        arguments: [
            "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_GRPC", "PORT", "PORT_10001_TCP", "PORT_10001_TCP_PROTO",
            "PORT_10001_TCP_PORT", "PORT_10001_TCP_ADDR", "PORT_53_UDP", "PORT_53_UDP_ADDR", "METRICS_SERVICE_HOST",
            "METRICS_PORT", "METRICS_EXTRA_PORT_1_TCP_ADDR", "LISTEN_PORT", "LOG_SERVICE_PORT_HTTP_WEB",
        ]
    )
    func serviceLinks(name: String) throws {
        var warnings: [String] = []
        let environment = ["CENTRIFUGO_PROXY_\(name)": "tcp://10.0.0.1:10001"]
        #expect(try Policy.starter.overridden(by: environment) { warnings.append($0) } == Policy.starter)
        #expect(warnings.isEmpty)
    }

    @Test(
        "warns about variables that are not settings",
        arguments: [
            (
                "LIMITS_MAX_TEA",
                "CENTRIFUGO_PROXY_LIMITS_MAX_TEA is not a setting and is ignored; after CENTRIFUGO_PROXY_ use "
                    + "ADMIN_LISTEN, CONFIG,"
            ),
            ("VERSION_OF_CHART", "TOKENS_SQLITE_FILE or LIMITS_… with a limit's name."),
            (
                "SECRET",
                "CENTRIFUGO_PROXY_SECRET is not a setting and is ignored; its settings are CENTRIFUGO_PROXY_SECRET_KEY, "
                    + "CENTRIFUGO_PROXY_SECRET_VALUES or CENTRIFUGO_PROXY_SECRET_FILE."
            ),
            ("PORTS", "CENTRIFUGO_PROXY_PORTS is not a setting and is ignored"),
            ("PORT_X_TCP", "is not a setting and is ignored"),
        ]
    )
    func unknown(name: String, sentence: String) throws {
        var warnings: [String] = []
        let policy = try Policy.starter.overridden(by: ["CENTRIFUGO_PROXY_\(name)": "x"]) { warnings.append($0) }
        #expect(policy == (try Policy.starter))
        #expect(warnings.count == 1 && warnings.first?.contains(sentence) == true, "\(warnings)")
    }

    @Test("reads each of its settings, whatever their names end with")
    func known() {
        let limits = LimitsPolicy.all.map { "LIMITS_\($0.key.uppercased())" }
        for name in limits { #expect(throws: PolicyError.self) { try Self.overridden([name: "senseless"]) } }
        // A setting's name takes precedence over any other meaning.
        let names = ["PORT", "SERVICE_HOST"]
        #expect(StrangeSetting("PORT", among: []) == .serviceLink)
        #expect(names.allSatisfy { StrangeSetting("\($0)S", among: names) == .misspelt($0) })
    }

    @Test(
        "counts the letters that differ",
        arguments: [
            ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 2), ("kitten", "sitting", 3), ("a", "bcd", 3),
        ]
    )
    func distance(left: String, right: String, count: Int) {
        #expect(KnownKeys.distance(left, right) == count && KnownKeys.distance(right, left) == count)
    }
}
