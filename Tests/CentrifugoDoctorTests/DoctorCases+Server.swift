import CentrifugoProxy

@testable import CentrifugoDoctor

extension DoctorCase {
    private static func rules(
        _ events: Set<ProxyEvent>,
        at listeners: [ServerRules.Listener] = [],
        _ change: (inout ServerRules) -> Void = { _ in }
    ) -> ServerRules {
        var rules = ServerRules(events: events)
        rules.listeners = listeners
        change(&rules)
        return rules
    }

    private static func tcp(_ host: String, _ port: Int) -> ServerRules.Listener {
        ServerRules.Listener(.tcp(host: host, port: port))
    }

    /// RPC by a proxy with this endpoint and these further options.
    private static func rpc(_ endpoint: String, _ options: String = "", rest: String = "") -> String {
        let proxy = "\"proxy\": {\"endpoint\": \"\(endpoint)\"\(options.isEmpty ? "" : ", ")\(options)}"
        return "{\"rpc\": {\(proxy), \"without_namespace\": {\"proxy_enabled\": true}\(rest)}}"
    }

    static let addresses = [
        DoctorCase("the same address", rpc("grpc://127.0.0.1:1"), server: rules([.rpc], at: [tcp("127.0.0.1", 1)])),
        DoctorCase("all addresses", rpc("grpc://10.0.0.1:1"), server: rules([.rpc], at: [tcp("0.0.0.0", 1)])),
        DoctorCase("names of this machine", rpc("localhost:1"), server: rules([.rpc], at: [tcp("127.0.0.1", 1)])),
        DoctorCase(
            "another port",
            rpc("grpc://127.0.0.1:2"),
            server: rules([.rpc], at: [tcp("127.0.0.1", 1)]),
            finds: "other-port rpc.proxy.endpoint"
        ),
        DoctorCase(
            "another machine",
            rpc("grpc://10.0.0.1:1"),
            server: rules([.rpc], at: [tcp("127.0.0.1", 1)]),
            finds: "other-host rpc.proxy.endpoint"
        ),
        DoctorCase(
            "a Unix socket",
            rpc("unix:///run/a.sock"),
            server: rules([.rpc], at: [ServerRules.Listener(.unix("/run/a.sock"))])
        ),
        DoctorCase(
            "another Unix socket",
            rpc("unix:///run/b.sock"),
            server: rules([.rpc], at: [ServerRules.Listener(.unix("/run/a.sock"))]),
            finds: "other-listener rpc.proxy.endpoint"
        ),
        DoctorCase(
            "TCP and no TCP listener",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc], at: [ServerRules.Listener(.unix("/run/a.sock"))]),
            finds: "other-listener rpc.proxy.endpoint"
        ),
        DoctorCase(
            "sockets of the service manager",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc], at: [ServerRules.Listener(.inherited)])
        ),
        DoctorCase(
            "HTTP to this server",
            rpc("http://127.0.0.1:1/rpc"),
            server: rules([.rpc], at: [tcp("127.0.0.1", 1)]),
            finds: "handled-not-enabled rpc.proxy",
            "http-to-grpc rpc.proxy.endpoint"
        ),
        DoctorCase("HTTP to the usual port", rpc("http://127.0.0.1:10001/"), finds: "http-to-grpc rpc.proxy.endpoint"),
        DoctorCase(
            "events of another backend",
            rpc("grpc://127.0.0.1:2"),
            server: rules([], at: [tcp("127.0.0.1", 1)]),
            finds: "enabled-not-handled rpc.without_namespace.proxy_enabled"
        ),
        DoctorCase(
            "TLS here alone",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc], at: [ServerRules.Listener(.tcp(host: "127.0.0.1", port: 1), certificate: "c")]),
            finds: "no-tls rpc.proxy.grpc.tls"
        ),
        DoctorCase(
            "TLS there alone",
            rpc("grpc://127.0.0.1:1", #""grpc": {"tls": {"enabled": true}}"#),
            server: rules([.rpc], at: [tcp("127.0.0.1", 1)]),
            finds: "tls-not-here rpc.proxy.grpc.tls"
        ),
        DoctorCase(
            "TLS without the client's certificate",
            rpc("grpc://127.0.0.1:1", #""grpc": {"tls": {"enabled": true, "cert_pem": "c"}}"#),
            server: rules(
                [.rpc],
                at: [
                    ServerRules.Listener(
                        .tcp(host: "127.0.0.1", port: 1),
                        certificate: "c",
                        needsClientCertificate: true
                    )
                ]
            ),
            finds: "no-client-certificate rpc.proxy.grpc.tls"
        ),
    ]

    static let calls = [
        DoctorCase(
            "the secret",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc]) { $0.secretKey = "X-Secret" },
            finds: "no-secret rpc.proxy.grpc.credentials_key"
        ),
        DoctorCase(
            "the secret, as credentials",
            rpc("grpc://127.0.0.1:1", #""grpc": {"credentials_key": "x-secret", "credentials_value": "s"}"#),
            server: rules([.rpc]) { $0.secretKey = "X-Secret" }
        ),
        DoctorCase(
            "the secret, as static metadata",
            rpc("grpc://127.0.0.1:1", #""grpc": {"static_metadata": {"X-Secret": "s"}}"#),
            server: rules([.rpc]) { $0.secretKey = "x-secret" }
        ),
        DoctorCase(
            "headers that rules look at",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc]) { $0.headers = [.rpc: ["X-Tenant", "cookie"]] },
            finds: "header-not-forwarded rpc.proxy.http_headers, rpc.proxy.emulated_headers",
            "header-not-forwarded rpc.proxy.http_headers"
        ),
        DoctorCase(
            "headers of browsers",
            rpc("grpc://127.0.0.1:1", #""http_headers": ["x-tenant"]"#),
            server: rules([.rpc]) { $0.headers = [.rpc: ["X-Tenant"]] },
            finds: "header-not-forwarded rpc.proxy.emulated_headers"
        ),
        DoctorCase(
            "meta that rules look at",
            rpc("grpc://127.0.0.1:1"),
            server: rules([.rpc]) { $0.eventsWithMeta = [.rpc, .publish] },
            finds: "no-meta rpc.proxy.include_connection_meta"
        ),
        DoctorCase(
            "methods with a colon",
            rpc(
                "grpc://127.0.0.1:1",
                rest: #", "namespaces": [{"name": "post"}, {"name": "put", "proxy_enabled": true}]"#
            ),
            server: rules([.rpc]) { $0.methodNamespaces = ["get", "post", "put"] },
            finds: "rpc-namespace-off rpc.namespaces[post].proxy_enabled",
            "unknown-rpc-namespace rpc.namespaces"
        ),
        DoctorCase(
            "methods without a colon",
            #"{"rpc": {"proxy": {"endpoint": "grpc://127.0.0.1:1"}, "namespaces": [{"name": "get", "proxy_enabled": true}]}}"#,
            server: rules([.rpc]) { $0.hasPlainMethods = true },
            finds: "rpc-namespace-off rpc.without_namespace.proxy_enabled"
        ),
        DoctorCase(
            "methods without namespaces at all",
            rpc("grpc://127.0.0.1:1", rest: #", "namespace_boundary": "::::""#),
            server: rules([.rpc]) { $0.methodNamespaces = ["get"] }
        ),
    ]

    private static let chat = #"""
        {"channel": {"proxy": {"subscribe": {"endpoint": "grpc://127.0.0.1:1"}},
         "namespaces": [{"name": "chat", "subscribe_proxy_enabled": true, "allow_user_limited_channels": true}]}}
        """#
    private static let limited = "note user-limited channel.namespaces[chat].allow_user_limited_channels"

    static let channels = [
        DoctorCase(
            "options that answers override",
            chat,
            server: rules([.subscribe]) {
                $0.channels = [
                    ServerRules.Channels("chat:{room}", overrides: ["presence", "join_leave", "force_recovery"])
                ]
            },
            finds: "option-not-set channel.namespaces[chat].allow_presence_for_subscriber",
            "option-not-set channel.namespaces[chat].force_push_join_leave",
            "option-not-set channel.namespaces[chat].presence",
            "option-not-set channel.namespaces[chat].history_size",
            limited
        ),
        DoctorCase(
            "what is published",
            chat,
            server: rules([.subscribe]) { $0.channels = [ServerRules.Channels("chat:{room}", isPublished: true)] },
            finds: "namespace-not-asked channel.namespaces[chat].publish_proxy_enabled",
            limited
        ),
        DoctorCase(
            "channels of users and of tokens",
            chat,
            server: rules([.subscribe]) {
                $0.channels = [ServerRules.Channels("chat:x#{user}"), ServerRules.Channels("$chat:{room}")]
            },
            finds: "user-limited-rule channel.namespaces[chat].allow_user_limited_channels",
            "private-channel channel.private_prefix",
            limited
        ),
    ]
}
