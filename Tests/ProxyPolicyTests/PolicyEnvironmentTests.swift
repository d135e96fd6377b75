import CentrifugoProxy
import Testing

@testable import ProxyPolicy

@Suite struct PolicyEnvironmentTests {
    private static func overridden(_ variables: [String: String]) throws -> Policy {
        let prefixed = Dictionary(uniqueKeysWithValues: variables.map { ("CENTRIFUGO_PROXY_\($0)", $1) })
        return try Policy.starter.overridden(by: prefixed.merging(["HOME": "/root"]) { first, _ in first })
    }

    @Test("puts environment variables before the file")
    func overrides() throws {
        let policy = try Self.overridden([
            "LISTEN": "0.0.0.0:1,/run/a.sock", "LOG_LEVEL": "error", "LOG_ACCESS": "false", "EVENT_LOOPS": "3",
            "HANDLERS": "global", "SECRET_KEY": "x-key", "SECRET_VALUES": "one,two", "TOKENS_SQLITE_FILE": "/tmp/t",
            "LIMITS_MAX_REQUEST_SIZE": "1MiB", "LIMITS_MAX_CONNECTION_AGE": "1h", "CONFIG": "x.yaml",
        ])
        #expect(policy.listeners == [ListenerPolicy(tcp: "0.0.0.0:1"), ListenerPolicy(unix: "/run/a.sock")])
        #expect(policy.log.level == "error" && !policy.log.access)
        #expect(policy.executor.eventLoops == 3 && policy.executor.handlers == "global")
        #expect(policy.secret?.key == "x-key" && policy.secret?.values.map(\.text) == ["one", "two"])
        #expect(policy.tokens?.sqlite?.file == "/tmp/t")
        #expect(
            policy.limits.limits.maxRequestSize == 1_048_576 && policy.limits.limits.maxConnectionAge == .seconds(3_600)
        )
    }

    @Test("has no place for tokens that the file does not keep")
    func noTokens() throws {
        let policy = try Policy(yaml: "topics: []", name: "p")
        #expect(throws: PolicyError("CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE needs tokens.sqlite in the file.")) {
            try policy.overridden(by: ["CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE": "a"])
        }
    }

    @Test("leaves the file's policy alone without them")
    func none() throws {
        #expect(try Self.overridden([:]) == Policy.starter)
    }

    @Test("has a secret from outside replace the file's values")
    func secret() throws {
        let policy = try Policy(yaml: "secret: {key: k, values: [old]}", name: "p")
        let changed = try policy.overridden(by: ["CENTRIFUGO_PROXY_SECRET_VALUES": "new"])
        #expect(changed.secret?.key == "k" && changed.secret?.values.map(\.text) == ["new"])
    }

    @Test(
        "refuses variables that nobody knows and values that make no sense",
        arguments: [
            (
                "LISTN", "a:1",
                "CENTRIFUGO_PROXY_LISTN is no setting; after CENTRIFUGO_PROXY_ stands CONFIG, EVENT_LOOPS, HANDLERS, LISTEN,"
            ),
            ("LISTN", "a:1", "TOKENS_SQLITE_FILE or LIMITS_… with a limit's name."),
            ("LIMITS_MAX_TEA", "1", "stands LIMITS_DRAIN_DELAY,"),
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
            ("LIMITS_IDLE_TIMEOUT", "x", #"CENTRIFUGO_PROXY_LIMITS_IDLE_TIMEOUT is "x" and no time"#),
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
}
