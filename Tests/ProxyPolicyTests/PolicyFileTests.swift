import CentrifugoProxy
import Logging
import Testing

@testable import ProxyPolicy

/// What a policy file may contain, and the messages for its author.
@Suite struct PolicyFileTests {
    private static func mistake(_ yaml: String) async -> String {
        do {
            let policy = try Policy(yaml: yaml, name: "proxy.yaml")
            try await policy.check(logger: .silent)
            return "no mistake"
        } catch {
            return "\(error)"
        }
    }

    @Test("reads the starter rules")
    func starter() async throws {
        let policy = try Policy.starter
        #expect(policy.topics.map(\.pattern) == ["public", "user-{user}", "chat-{room:[a-z0-9-]+}"])
        #expect(policy.topics.map(\.publish) == [.nobody, .nobody, .authenticated])
        #expect(policy.topics[2].size == ByteSize(4_096) && policy.topics[2].lifetime == TimeSpan(.seconds(600)))
        #expect(policy.connect?.channels.map(\.pattern) == ["public", "user-{user}"])
        #expect(policy.tokens?.sqlite?.file == "centrifugo-proxy.sqlite")
        #expect(policy.rpc?.ping == true)
        try await policy.check(logger: .silent)
    }

    @Test("reads every key there is")
    func everything() async throws {
        let policy = try Policy(yaml: Self.full, name: "full.yaml")
        #expect(policy.listeners.count == 2 && policy.listeners[0].tls?.clientCA == "ca.pem")
        #expect(policy.secret?.values.map(\.text) == ["one", "two"] && policy.secret?.coversHealth == true)
        #expect(policy.limits.limits.maxRequestSize == 65_536 && policy.limits.limits.maxConnections == 5_000)
        #expect(
            policy.limits.limits.idleTimeout == .seconds(60) && policy.limits.limits.maxConnectionAge == .seconds(7_200)
        )
        #expect(policy.logLevel == .debug && !policy.log.access.isOn)
        #expect(policy.executor.eventLoops == 2 && policy.executor.handlers == "global")
        #expect(policy.tokens?.jwt?.rsa == ["key.pem"] && policy.tokens?.metadataKey == "authorization")
        #expect(policy.connect?.channels[1].roles == ["staff"])
        #expect(policy.topics[0].publish == .roles(["staff"]) && policy.topics[0].options?.presence == true)
        #expect(policy.rpc?.http?.headers["x-api-key"]?.text == "hush")
        await #expect(
            throws: PolicyError("tokens.jwt.rsa, key.pem: The file cannot be read; give a PEM file with a public key.")
        ) {
            try await policy.check(logger: .silent)
        }
        // The effective policy can be read again, except for what is masked.
        let yaml = try policy.effectiveYAML()
        #expect(!yaml.contains("hush") && !yaml.contains("one\n") && yaml.contains("********"))
        let again = try Policy(yaml: yaml, name: "again")
        #expect(again.topics == policy.topics && again.limits == policy.limits && again.connect == policy.connect)
    }

    private static let full = """
        listeners:
          - tcp: "[::1]:10001"
            tls: {certificate: server.pem, private_key: server.key, client_ca: ca.pem}
          - unix: /run/proxy.sock
            mode: "600"
        secret: {key: x-secret, values: [one, two], covers_health: true}
        limits: {max_request_size: 64KiB, max_connections: 5_000, idle_timeout: 60s, max_connection_age: 2h}
        log: {level: debug, access: false}
        executor: {event_loops: 2, handlers: global}
        tokens:
          data_key: token
          metadata_key: authorization
          jwt: {rsa: [key.pem], issuer: me, audience: [you, others], user_id_claim: id, roles_claim: groups}
        connect:
          anonymous: true
          session: 1h
          channels:
            - public
            - {pattern: "staff", roles: [staff], lifetime: 1h, options: {force_recovery: true}}
        topics:
          - pattern: chat.{room}
            who: authenticated
            publish: {roles: [staff]}
            size: 1_000
            lifetime: 90s
            options: {presence: true, join_leave: true}
        rpc:
          ping: true
          http:
            base_url: http://127.0.0.1:8080
            allow: ["get:users/*"]
            forward_metadata: [authorization]
            headers: {x-api-key: hush}
            user_header: x-user
            timeout: 2s
        """

    static let mistakes: [(yaml: String, sentence: String)] = [
        ("", "proxy.yaml is empty; it needs at least one section."),
        ("- a", "proxy.yaml has no sections; it begins with a key and a colon."),
        (
            "conect: {}",
            "proxy.yaml:1: conect is not known here; the keys are admin, connect, executor, limits, listeners, log, rpc, secret, tokens, topics, tracing."
        ),
        (
            "log:\n  level: loud",
            #"proxy.yaml:2: log.level is "loud"; choose trace, debug, info, notice, warning, error, critical."#
        ),
        ("log: {level: [info]}", "proxy.yaml:1: log.level should be one value, not a list or a section."),
        ("log:\n  levl: info", "proxy.yaml:2: log.levl is not known here; the keys are access, file, format, level."),
        ("connect: {}", "proxy.yaml:1: connect accepts nobody; add tokens, http, or anonymous: true."),
        ("connect:\n  anonymous: perhaps", "proxy.yaml:2: connect.anonymous should be true or false."),
        (
            "connect:\n  anonymous: true\n  session: soon",
            #"proxy.yaml:3: connect.session is "soon", which is not a duration; write for example 500ms, 10s, 5min, 2h or 7d."#
        ),
        ("connect:\n  anonymous: true\n  session: 1s", "proxy.yaml:3: connect.session is 1s; choose from 2s to 365d."),
        ("topics:\n  - pattern: a", "proxy.yaml:2: topics[0].who is missing."),
        ("topics:\n  - who: anyone", "proxy.yaml:2: topics[0].pattern is missing."),
        (
            "topics:\n  - {pattern: a, who: anyone}\n  - pattern: b\n    who: everyone",
            #"proxy.yaml:4: topics[1].who is "everyone"; choose anyone, authenticated, owner, nobody, or roles: [NAME]."#
        ),
        (
            "topics:\n  - {pattern: a, who: anyone, publish: sure}",
            #"proxy.yaml:2: topics[0].publish is "sure"; choose anyone, authenticated, owner, nobody, or roles: [NAME]."#
        ),
        (
            "topics:\n  - {pattern: a, who: anyone, size: big}",
            #"proxy.yaml:2: topics[0].size is "big", which is not a size; write bytes, or for example 64KiB or 4MiB."#
        ),
        ("topics: a", "proxy.yaml:1: topics should be a list, each item after a dash."),
        ("limits:\n  max_tea: 1", "is not known here; the limits are drain_delay,"),
        (
            "limits:\n  max_connections: none",
            #"proxy.yaml:2: limits.max_connections is "none"; choose a number from 1 to 2147483647."#
        ),
        ("limits:\n  max_connection_age: old", "or never."),
        ("listeners: []", "proxy.yaml:1: listeners is empty; add at least one listener."),
        (
            "listeners:\n  - tcp: 10001",
            #"proxy.yaml:2: listeners[0].tcp is "10001"; write HOST:PORT, such as 127.0.0.1:10001 or [::1]:10001."#
        ),
        ("listeners:\n  - {tcp: \"a:1\", unix: b}", "needs one of tcp: HOST:PORT, unix: PATH and inherited: true."),
        ("listeners:\n  - {unix: b, mode: \"999\"}", "write an octal mode in quotes"),
        ("listeners:\n  - {tcp: \"a:1\", tls: {certificate: c}}", "listeners[0].tls.private_key is missing."),
        ("secret:\n  key: x", "secret needs a value; add values: [TEXT], or file: PATH."),
        ("secret: {key: x, file: /nonexistent}", "The secret's file /nonexistent cannot be read"),
        ("connect: {http: {url: a}}\ntokens: {sqlite: {file: a}}", "tokens is there beside connect.http; keep the one"),
        ("connect: {http: {url: a}, anonymous: true}", "connect.anonymous applies only to tokens, and http decides"),
        ("connect: {http: {url: a}, session: 5min}", "connect.session applies only to tokens; remove it, and let"),
        ("connect: {http: {url: a, headers: {x: }}}", "connect.http.headers.x is empty; write a value"),
        ("connect: {http: {url: a, headers: {x: \"${KEY}\"}}}", "connect.http.headers.x"),
        ("connect: {http: {url: a, timeout: 0s}}", "connect.http.timeout is 0s; choose from 1ms to 365d."),
        ("tokens: {}", "tokens needs one of sqlite, postgres and jwt."),
        ("tokens: {sqlite: {file: a}, postgres: {connection: b}}", "tokens needs one of sqlite, postgres and jwt."),
        (
            "tokens: {jwt: {jwks: a, ec: [b]}}",
            "tokens.jwt has keys twice: give either jwks: FILE, or some of hmac, rsa and ec."
        ),
        ("tokens: {jwt: {jwks: \"http://a/\"}}", "tokens.jwt.jwks begins with http://, and anyone on the way could"),
        ("tokens: {jwt: {jwks: \"ftp://a/\"}}", "tokens.jwt.jwks begins with ftp://; write https://, or the name of a"),
        ("tokens: {jwt: {jwks: a, jwks_ca: b}}", "tokens.jwt.jwks_ca applies only to jwks: https://…; remove it."),
        (
            "tokens: {jwt: {hmac: a, jwks_allow_http: true}}",
            "tokens.jwt.jwks_allow_http applies only to jwks: http://…; remove it."
        ),
        ("tokens: {jwt: {hmac: a, hmac_file: b}}", "tokens.jwt.hmac_file is there beside hmac; give one."),
        ("tokens: {jwt: {jwks: a, audience: []}}", "tokens.jwt.audience is an empty list"),
        ("tokens: {jwt: {jwks: a, audience: \"\"}}", "tokens.jwt.audience is empty; write a value"),
        ("executor: {event_loops: 0}", "choose from 1 to 1024"),
        ("topics:\n  - {pattern: \"a.{x\", who: anyone}", "topics[0]: Invalid topic pattern"),
        ("topics:\n  - {pattern: a, who: owner}", "asks for a parameter {user}"),
        ("topics:\n  - {pattern: a, who: anyone}\n  - {pattern: a, who: anyone}", "registered twice"),
        ("rpc: {http: {base_url: nowhere, allow: []}}", "The HTTP bridge cannot use its base URL"),
        (
            "a: [",
            "proxy.yaml:2: This is not YAML (while parsing a flow node did not find expected node content); indent"
        ),
        (
            "a: b: c",
            "proxy.yaml:1: This is not YAML (mapping values are not allowed in this context); indent with spaces"
        ),
        ("a:\n\tb: 1", "proxy.yaml:2: This is not YAML (while scanning for the next token found character"),
        ("a: *x", "proxy.yaml:1: This is not YAML (found undefined alias); indent"),
        (
            "a: 1\n---\nb: 1",
            "proxy.yaml:2: This is not YAML (expected a single document in the stream but found another"
        ),
        ("log: {}\nlog: {}", "proxy.yaml:1: log is repeated; remove one."),
        ("hello", "proxy.yaml has no sections; it begins with a key and a colon."),
        ("null", "proxy.yaml has no sections; it begins with a key and a colon."),
        ("topics: [a]", "proxy.yaml:1: topics[0] should be a section with keys of its own."),
        ("limits: {max_connections: -1}", #"limits.max_connections is "-1"; choose a number from 1 to 2147483647."#),
        ("limits: {max_unsent_size: 0}", #"limits.max_unsent_size is "0"; choose from 1 to 1024GiB."#),
        (
            "limits: {idle_timeout: 10}",
            #"limits.idle_timeout is "10", which is not a duration; write for example 500ms"#
        ),
        ("limits: 5", "proxy.yaml:1: limits should be a section with keys of its own."),
        ("listeners:\n  - {tcp: \"a:1\", mode: \"660\"}", "listeners[0].mode applies only to unix; remove it."),
        ("listeners:\n  - {tcp: \"a:70000\"}", #"listeners[0].tcp is "a:70000"; write HOST:PORT"#),
        (
            "listeners:\n  - {tcp: \"*:10001\"}",
            #"proxy.yaml:2: listeners[0].tcp is "*:10001"; write 0.0.0.0:10001 for all IPv4 addresses"#
        ),
        ("listeners:\n  - {tcp: \"unix:///a\"}", "write unix: /a for a Unix socket."),
        ("listeners:\n  - {tcp: \"grpcs://a:1\"}", "without grpcs://; TLS is a separate option."),
        ("listeners:\n  - {unix: \"grpc://a:1\"}", #"listeners[0].unix is "grpc://a:1"; write the path"#),
        ("listeners:\n  - {unix: \"unix://\"}", #"listeners[0].unix is "unix://"; write the path"#),
        ("executor: {event_loops: many}", "executor.event_loops should be a whole number."),
        ("executor: {handlers: here}", #"executor.handlers is "here"; choose event_loop or global."#),
        (
            "topics:\n  - {pattern: a, who: anyone, lifetime: 500ms}",
            "topics[0].lifetime is 500ms; choose from 1s to 365d."
        ),
        (
            "rpc: {http: {base_url: \"http://a\", allow: []  , timeout: 0s}}",
            "rpc.http.timeout is 0s; choose from 1ms to 365d."
        ),
        ("rpc: {http: {base_url: \"http://a\", allow: [x]}}", "The HTTP bridge cannot allow \"x\""),
        ("connect: {anonymous: true, channels: [\"a.{x\"]}", "connect.channels[0]: "),
        (
            "tokens: {postgres: {connection: a, connections: 0}}",
            "tokens.postgres.connections is 0; choose from 1 to 1000."
        ),
        (
            "tokens: {jwt: {hmac: short}}",
            "tokens.jwt.hmac: A shared secret needs at least 32 bytes, and this one has 5."
        ),
        (
            "tokens: {jwt: }",
            "tokens.jwt needs keys: either jwks: FILE or https://…, or some of hmac, hmac_file, rsa and ec"
        ),
        (
            "tokens: {jwt: {hmac_file: /nonexistent}}",
            "tokens.jwt.hmac_file, /nonexistent: The file cannot be read; give a file with the secret."
        ),
        (
            "tokens: {jwt: {ec: [/nonexistent]}}",
            "tokens.jwt.ec, /nonexistent: The file cannot be read; give a PEM file"
        ),
        (
            "tokens: {jwt: {jwks: \"https://user:hunter2@a/\"}}",
            "The URL of the key set cannot be used: it has a user or password, which are not sent; remove them."
        ),
        (
            "tokens: {jwt: {jwks: \"https://a/\", jwks_ca: /nonexistent}}",
            "'/nonexistent' has no certificate of a CA; give a PEM file with one."
        ),
        (
            "connect: {http: {url: \"http://a:hunter2@b/\"}}",
            "The URL of the HTTP server for connections cannot be used: it has a user or password, which are not sent"
        ),
        (
            "connect: {http: {url: \"http://a\", forward_metadata: [host]}}",
            "The headers of requests cannot be configured: the header host belongs to the connection or the body"
        ),
        ("tokens: {jwt: {jwks: /nonexistent}}", "The key file '/nonexistent' cannot be used: it cannot be read."),
        ("secret: {key: x, values: [\"\"]}", "secret.values[0] is empty; write a value, or remove the item."),
        ("secret: {key: X Y, values: [a]}", #"Invalid shared secret: "X Y" is not a metadata key"#),
    ]

    @Test("says where a mistake is, and how to fix it", arguments: mistakes)
    func mistaken(yaml: String, sentence: String) async {
        let said = await Self.mistake(yaml)
        #expect(said.contains(sentence), "\(said)")
        #expect(said.split(separator: "\n").count == 1)
    }

    /// A section must not be silently without effect: no secret, no TLS.
    static let empties: [(yaml: String, sentence: String)] = [
        ("secret:", "proxy.yaml:1: secret.key is missing."),
        ("tokens:", "proxy.yaml:1: tokens needs one of sqlite, postgres and jwt."),
        ("tokens: {sqlite: }", "proxy.yaml:1: tokens.sqlite.file is missing."),
        ("tokens: {postgres: }", "proxy.yaml:1: tokens.postgres.connection is missing."),
        ("tokens: {jwt: {jwks: a, issuer: }}", "tokens.jwt.issuer is empty; write a value, or remove the key."),
        ("connect:", "proxy.yaml:1: connect accepts nobody; add tokens, http, or anonymous: true."),
        ("connect: {anonymous: }", "connect.anonymous is empty; write a value, or remove the key."),
        ("connect: {anonymous: true, channels: [{pattern: a, roles: }]}", "connect.channels[0].roles is empty; write"),
        ("listeners:", "proxy.yaml:1: listeners is empty; add at least one listener."),
        ("listeners:\n  - tcp: a:1\n    tls:", "proxy.yaml:3: listeners[0].tls.certificate is missing."),
        (
            "listeners:\n  - tcp: a:1\n    tls: {certificate: a, private_key: b, client_ca: }",
            "tls.client_ca is empty; write"
        ),
        ("topics:\n  - {pattern: , who: anyone}", "proxy.yaml:2: topics[0].pattern is missing."),
        ("topics:\n  - {pattern: a, who: }", "proxy.yaml:2: topics[0].who is missing."),
        ("topics:\n  - {pattern: a, who: anyone, publish: }", "topics[0].publish is empty; write a value, or remove"),
        ("topics:\n  - {pattern: a, who: {}}", "proxy.yaml:2: topics[0].who.roles is missing."),
        ("tokens: {sqlite: {file: \"\"}}", "tokens.sqlite.file is empty; write a value, or remove the key."),
        ("tokens: {jwt: {hmac: \"\"}}", "tokens.jwt.hmac is empty; write a value, or remove the key."),
        ("rpc: {http: }", "proxy.yaml:1: rpc.http.base_url is missing."),
        ("rpc: {http: {base_url: a, allow: }}", "proxy.yaml:1: rpc.http.allow is missing."),
    ]

    @Test("does not treat a key without a value as a missing one", arguments: empties)
    func nothing(yaml: String, sentence: String) async {
        let said = await Self.mistake(yaml)
        #expect(said.contains(sentence), "\(said)")
    }

    @Test(
        "treats a section without content as an empty one",
        arguments: ["limits", "log", "executor", "rpc"]
    )
    func emptySection(name: String) throws {
        let policy = try Policy(yaml: "\(name):", name: "p")
        #expect(try policy == Policy(yaml: "\(name): {}", name: "p"))
        #expect((policy.rpc != nil) == (name == "rpc"))
    }

    @Test("treats a list without content as an empty one")
    func emptyList() throws {
        let yaml =
            "tokens: {sqlite: {file: a}}\nconnect: {channels: }\ntopics:\nrpc: {http: {base_url: a, allow: [], forward_metadata: }}"
        let policy = try Policy(yaml: yaml, name: "p")
        #expect(policy.topics.isEmpty && policy.connect?.channels.isEmpty == true)
        #expect(policy.rpc?.http?.forwardMetadata.isEmpty == true)
    }

    @Test("distinguishes true from the text \"true\" and numbers from texts, and reads merged keys")
    func kinds() throws {
        for yaml in ["log: {access: \"true\"}", "executor: {event_loops: \"2\"}", "rpc: {ping: !!str true}"] {
            #expect(throws: PolicyError.self) { try Policy(yaml: yaml, name: "p") }
        }
        let yaml = """
            topics:
              - &base {pattern: "7", who: anyone, publish: true, lifetime: 1h}
              - {<<: *base}
            log: {access: off, level: info}
            """
        let policy = try Policy(yaml: yaml, name: "p")
        #expect(policy.topics.map(\.pattern) == ["7", "7"] && policy.topics.map(\.publish) == [.anyone, .anyone])
        #expect(policy.topics[1].lifetime == TimeSpan(.seconds(3_600)) && !policy.log.access.isOn)
        #expect(try Policy(yaml: policy.effectiveYAML(), name: "again") == policy)
    }

    @Test("names the file that cannot be read")
    func missing() {
        let unreadable = "/nonexistent.yaml cannot be read; check that it exists and that this process may read it."
        #expect(throws: PolicyError(unreadable)) {
            try Policy(file: "/nonexistent.yaml")
        }
        #expect(throws: PolicyError("/tmp is a folder; name a file in it.")) { try Policy(file: "/tmp") }
        let nameless = "The policy file's name is empty; give one, or leave it out for the starter rules."
        #expect(throws: PolicyError(nameless)) {
            try Policy(file: "")
        }
    }

    @Test("writes times and sizes in the form that it reads", arguments: ["500ms", "1s", "90s", "5min", "2h", "7d"])
    func times(text: String) throws {
        let policy = try Policy(
            yaml: "topics: [{pattern: a, who: anyone, lifetime: \(text == "500ms" ? "1s" : text)}]",
            name: "p"
        )
        #expect(try policy.effectiveYAML().contains("lifetime: \(text == "500ms" ? "1s" : text)\n"))
        #expect(TimeSpan(text) != nil)
    }
}
