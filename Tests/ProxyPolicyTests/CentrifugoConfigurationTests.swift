import CentrifugoDoctor
import CentrifugoModel
import Foundation
import Testing

@testable import ProxyPolicy

@Suite struct CentrifugoConfigurationTests {
    /// The value at a path such as `client.proxy.connect.enabled`.
    private static func value(_ path: String, of yaml: String, endpoint: String? = nil) throws -> String? {
        let text = try Policy(yaml: yaml, name: "test").centrifugoConfiguration(endpoint: endpoint)
        var value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        for key in path.split(separator: ".") {
            if let index = Int(key), let array = value as? [Any] {
                guard array.indices.contains(index) else { return nil }
                value = array[index]
            } else if let object = value as? [String: Any], let next = object[String(key)] {
                value = next
            } else {
                return nil
            }
        }
        return switch value {
        case let text as String: text
        case let number as NSNumber: number.boolValue ? "true" : "false"
        default: "\(value)"
        }
    }

    private static let policy = """
        listeners: [{tcp: "0.0.0.0:10001", tls: {certificate: a, private_key: b, client_ca: c}}]
        secret: {key: x-secret, values: [hunter2]}
        tokens: {metadata_key: authorization, sqlite: {file: t}}
        connect: {channels: [public, "news:all", {pattern: "live:{user}", lifetime: 1h}]}
        topics:
          - {pattern: public, who: anyone}
          - {pattern: "chat:{room}", who: {roles: [a]}, publish: true, lifetime: 1h}
        rpc: {http: {base_url: "http://a", allow: [], forward_metadata: [cookie]}}
        """

    @Test(
        "enables the events that the policy has rules for",
        arguments: [
            ("client.proxy.connect.enabled", "true"), ("client.proxy.refresh.enabled", "true"),
            ("client.proxy.connect.endpoint", "grpc://127.0.0.1:10001"), ("client.proxy.connect.timeout", "1s"),
            ("client.proxy.connect.http_headers.0", "authorization"),
            ("client.proxy.refresh.include_connection_meta", "true"),
            ("channel.proxy.subscribe.include_connection_meta", "true"),
            ("channel.proxy.sub_refresh.include_connection_meta", "true"),
            ("channel.proxy.publish.endpoint", "grpc://127.0.0.1:10001"),
            ("channel.without_namespace.subscribe_proxy_enabled", "true"),
            ("channel.without_namespace.publish_proxy_enabled", nil),
            ("channel.namespaces.0.name", "chat"), ("channel.namespaces.0.publish_proxy_enabled", "true"),
            ("channel.namespaces.0.sub_refresh_proxy_enabled", "true"),
            ("channel.namespaces.1.name", "live"), ("channel.namespaces.1.sub_refresh_proxy_enabled", "true"),
            ("channel.namespaces.2.name", "news"), ("channel.namespaces.2.subscribe_proxy_enabled", nil),
            ("rpc.without_namespace.proxy_enabled", "true"), ("rpc.proxy.http_headers.0", "cookie"),
            ("rpc.proxy.grpc.tls.enabled", "true"),
            ("rpc.proxy.grpc.tls.cert_pem", "the file of a certificate for Centrifugo"),
            ("rpc.proxy.grpc.credentials_key", "x-secret"), ("rpc.proxy.grpc.credentials_value", "the secret"),
        ] as [(String, String?)]
    )
    func switches(path: String, expected: String?) throws {
        #expect(try Self.value(path, of: Self.policy) == expected)
    }

    @Test(
        "makes each verb of the bridge's rules a namespace, like Centrifugo",
        arguments: [
            (#"["post:news/store"]"#, ["post"], false), (#"["post:a", "GET:b", "get:c/**"]"#, ["get", "post"], false),
            (#"["get:b", "*:**"]"#, ["delete", "get", "head", "patch", "post", "put"], true), ("[]", [], true),
        ] as [(String, [String], Bool)]
    )
    func verbs(allow: String, namespaces: [String], ping: Bool) throws {
        let policy = #"rpc: {ping: \#(ping), http: {base_url: "http://a", allow: \#(allow)}}"#
        for (index, name) in namespaces.enumerated() {
            #expect(try Self.value("rpc.namespaces.\(index).name", of: policy) == name)
            #expect(try Self.value("rpc.namespaces.\(index).proxy_enabled", of: policy) == "true")
        }
        #expect(try Self.value("rpc.namespaces.\(namespaces.count)", of: policy) == nil)
        // Methods without a verb: there is one.
        #expect(try Self.value("rpc.without_namespace.proxy_enabled", of: policy) == (ping ? "true" : nil))
    }

    @Test("says where tokens go, and where they do not")
    func tokenHint() throws {
        let hint = try #require(try Policy(yaml: Self.policy, name: "test").tokenHint)
        #expect(hint.contains(#"{"authToken": "…"}"#) && hint.contains("header authorization"))
        #expect(hint.contains("Centrifugo itself checks what is in the SDK's option token"))
        #expect(try Policy(yaml: "rpc: {ping: true}", name: "test").tokenHint == nil)
    }

    @Test("names the origins that may connect")
    func origins() throws {
        let text = try Policy(yaml: "rpc: {ping: true}", name: "test").centrifugoConfiguration(origins: ["http://a"])
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect((root["client"] as? [String: Any])?["allowed_origins"] as? [String] == ["http://a"])
    }

    @Test("omits events without rules")
    func little() throws {
        let policy = "rpc: {ping: true}"
        for path in ["client", "channel", "rpc.proxy.grpc", "rpc.proxy.http_headers"] {
            #expect(try Self.value(path, of: policy) == nil)
        }
        #expect(try Self.value("rpc.proxy.endpoint", of: policy) == "grpc://127.0.0.1:10001")
    }

    @Test(
        "takes the first listener's endpoint",
        arguments: [
            ("[{unix: /run/a}]", "unix:///run/a"), ("[{unix: a}]", "unix:a"),
            (#"[{tcp: "[::]:1"}, {unix: a}]"#, "grpc://[::1]:1"),
        ]
    )
    func endpoint(listeners: String, endpoint: String) throws {
        let policy = "listeners: \(listeners)\nrpc: {ping: true}"
        #expect(try Self.value("rpc.proxy.endpoint", of: policy) == endpoint)
        #expect(try Self.value("rpc.proxy.endpoint", of: policy, endpoint: "grpc://a:1") == "grpc://a:1")
    }

    @Test(
        "refuses what Centrifugo does not support",
        arguments: [
            ("listeners: [{inherited: true}]\nrpc: {ping: true}", nil, "by --endpoint"),
            ("rpc: {ping: true}", "http://a:1", "this server speaks gRPC"),
            ("rpc: {ping: true}", "tcp://a:1", "does not know tcp://"),
            ("topics: [{pattern: \"$aa:{x}\", who: anyone}]", nil, "are subscribed by a token alone"),
            ("topics: [{pattern: \"a:{x}\", who: anyone}]", nil, "cannot be a name"),
        ] as [(String, String?, String)]
    )
    func refuses(policy: String, endpoint: String?, sentence: String) throws {
        let error = #expect(throws: PolicyError.self) { try Self.value("rpc", of: policy, endpoint: endpoint) }
        #expect(error?.description.contains(sentence) == true)
    }

    @Test(
        "sets the options of namespaces that answers need",
        arguments: [
            ("presence: true", ["presence", "allow_presence_for_subscriber"]),
            ("join_leave: true", ["force_push_join_leave"]),
            ("force_recovery: true", ["history_size", "history_ttl"]), ("presence: false", []),
            ("{join_leave: true, force_push_join_leave: true}", []),
        ]
    )
    func options(options: String, keys: [String]) throws {
        let policy = """
            topics: [{pattern: "room:{id}", who: anyone, options: \(options.hasPrefix("{") ? options : "{\(options)}")}]
            """
        let all = ["presence", "allow_presence_for_subscriber", "force_push_join_leave", "history_size", "history_ttl"]
        let set = try all.filter { try Self.value("channel.namespaces.0.\($0)", of: policy) != nil }
        #expect(set == keys)
    }

    @Test("passes the doctor together with its policy, for every policy of these tests")
    func doctor() throws {
        for (name, yaml) in try Self.policies() {
            guard let policy = try? Policy(yaml: yaml, name: name), let text = try? policy.centrifugoConfiguration()
            else {
                continue
            }
            let source = try ConfigurationSource(Data(text.utf8), form: .json)
            #expect(ConfigurationDoctor(source, server: policy.serverRules).findings.isEmpty, "\(name)")
        }
    }

    /// The policies of the repository: the starter rules, and all YAML files that are one.
    private static func policies() throws -> [(name: String, yaml: String)] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = ["Sources", "Tests", "Examples"].flatMap { folder in
            (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects as? [String] ?? [])
                .map { root.appending(path: folder).appending(path: $0) }
        }
        let policies = try files.filter { ["yaml", "yml"].contains($0.pathExtension) }.map {
            (name: $0.lastPathComponent, yaml: try String(contentsOf: $0, encoding: .utf8))
        }
        #expect(policies.contains { $0.name == "starter.yaml" })
        return policies + [("here", policy)]
    }
}
