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
        "switches on what the policy has rules for",
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
        "makes each verb of the bridge's rules a namespace, as Centrifugo takes it for one",
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
        // Methods without a verb, of which there is one.
        #expect(try Self.value("rpc.without_namespace.proxy_enabled", of: policy) == (ping ? "true" : nil))
    }

    @Test("says where tokens go, and where they do not")
    func tokenHint() throws {
        let hint = try #require(try Policy(yaml: Self.policy, name: "test").tokenHint)
        #expect(hint.contains(#"{"authToken": "…"}"#) && hint.contains("header authorization"))
        #expect(hint.contains("option token Centrifugo checks by itself"))
        #expect(try Policy(yaml: "rpc: {ping: true}", name: "test").tokenHint == nil)
    }

    @Test("names the origins that may connect")
    func origins() throws {
        let text = try Policy(yaml: "rpc: {ping: true}", name: "test").centrifugoConfiguration(origins: ["http://a"])
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect((root["client"] as? [String: Any])?["allowed_origins"] as? [String] == ["http://a"])
    }

    @Test("leaves out what has no rules")
    func little() throws {
        let policy = "rpc: {ping: true}"
        for path in ["client", "channel", "rpc.proxy.grpc", "rpc.proxy.http_headers"] {
            #expect(try Self.value(path, of: policy) == nil)
        }
        #expect(try Self.value("rpc.proxy.endpoint", of: policy) == "grpc://127.0.0.1:10001")
    }

    @Test("asks for the endpoint when nothing listens on TCP")
    func endpoint() throws {
        let policy = "listeners: [{unix: /run/a}]\nrpc: {ping: true}"
        #expect(throws: PolicyError.self) { try Self.value("rpc", of: policy) }
        #expect(try Self.value("rpc.proxy.endpoint", of: policy, endpoint: "grpc://a:1") == "grpc://a:1")
    }
}
