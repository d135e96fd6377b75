import CentrifugoProxy

@testable import CentrifugoDoctor

extension DoctorCase {
    /// A connect proxy with these members after enabled and endpoint.
    private static func connect(_ members: String, endpoint: String = "grpc://127.0.0.1:10001") -> String {
        #"""
        {"client": {"proxy": {
            "connect": {"enabled": true, "endpoint": "\#(endpoint)"\#(members.isEmpty ? "" : ", ")\#(members)},
            "refresh": {"enabled": true, "endpoint": "grpc://127.0.0.1:10001"}
        }}}
        """#
    }

    static let all = switches + options + namespaces + handled + keys + addresses + calls + channels

    private static let switches = [
        DoctorCase("nothing", "{}"),
        DoctorCase("complete", connect("")),
        DoctorCase(
            "connect and refresh without enabled",
            #"{"client": {"proxy": {"connect": {"endpoint": "grpc://127.0.0.1:1"}, "refresh": {"enabled": false, "endpoint": "grpc://127.0.0.1:1"}}}}"#,
            finds: "not-enabled client.proxy.connect.enabled",
            "note not-enabled client.proxy.refresh.enabled"
        ),
        DoctorCase(
            "no endpoint",
            #"{"client": {"proxy": {"refresh": {"enabled": true}}}, "rpc": {"without_namespace": {"proxy_enabled": true}}}"#,
            finds: "no-endpoint client.proxy.refresh.endpoint",
            "no-endpoint rpc.proxy.endpoint"
        ),
        DoctorCase(
            "no namespace switches it on",
            #"{"channel": {"proxy": {"publish": {"endpoint": "grpc://127.0.0.1:1"}}}, "rpc": {"proxy": {"endpoint": "grpc://127.0.0.1:1"}}}"#,
            finds: "not-enabled channel.proxy.publish",
            "not-enabled rpc.proxy"
        ),
        DoctorCase(
            "named proxies",
            #"{"proxies": [{"name": "aa", "endpoint": "grpc://127.0.0.1:1"}, {"name": "bb", "endpoint": "grpc://127.0.0.1:1"}], "rpc": {"namespaces": [{"name": "news", "proxy_enabled": true, "proxy_name": "aa"}, {"name": "old", "proxy_enabled": true, "proxy_name": "cc"}]}}"#,
            finds: "unknown-proxy rpc.namespaces[old].proxy_name",
            "unused-proxy proxies[bb]"
        ),
        DoctorCase(
            "shared polls",
            #"{"shared_poll": {"hmac_secret_key": "k"}, "channel": {"proxy": {"shared_poll_refresh": {"endpoint": "grpc://127.0.0.1:1"}}, "namespaces": [{"name": "polled", "subscription_type": "shared_poll"}]}}"#
        ),
        DoctorCase(
            "Centrifugo 5",
            #"{"proxy_connect_endpoint": "grpc://127.0.0.1:1", "proxy_connect_timeout": "1s"}"#,
            finds: "old-configuration proxy_connect_endpoint, proxy_connect_timeout"
        ),
    ]

    private static let options = [
        DoctorCase(
            "User-Agent and other names of gRPC",
            connect(#""http_headers": ["Cookie", "User-Agent"], "emulated_headers": ["te"]"#),
            finds: "reserved-header client.proxy.connect.http_headers",
            "reserved-header client.proxy.connect.emulated_headers"
        ),
        DoctorCase(
            "upper-case metadata",
            connect(#""grpc_metadata": ["x-user", "X-Tenant"]"#),
            finds: "upper-case-metadata client.proxy.connect.grpc_metadata"
        ),
        DoctorCase(
            "names with commas, written-out defaults, metadata that gRPC does not send",
            connect(
                #"""
                "http_headers": "X-A,X-B", "grpc": {"tls": {"enabled": false, "insecure_skip_verify": false},
                "credentials_key": "user-agent", "static_metadata": {"a b": "1", "x": "a\nb"}}
                """#
            ),
            finds: "bad-header-name client.proxy.connect.http_headers",
            "bad-metadata client.proxy.connect.grpc.static_metadata.a b",
            "bad-metadata client.proxy.connect.grpc.static_metadata.x",
            "reserved-metadata client.proxy.connect.grpc.credentials_key"
        ),
        DoctorCase(
            "the name of the default proxy",
            #"{"channel": {"namespaces": [{"name": "chat", "subscribe_proxy_name": "default", "subscribe_proxy_enabled": false}]}}"#
        ),
        DoctorCase(
            "static metadata that clients override",
            connect(#""http_headers": ["X-Node"], "grpc": {"static_metadata": {"x-node": "1", "x-zone": "a"}}"#),
            finds: "overridden-metadata client.proxy.connect.grpc.static_metadata.x-node"
        ),
        DoctorCase(
            "credentials that clients send too",
            connect(#""emulated_headers": ["X-Secret"], "grpc": {"credentials_key": "x-secret"}"#),
            finds: "two-credentials client.proxy.connect.grpc.credentials_key"
        ),
        DoctorCase(
            "TLS without enabled",
            connect(#""grpc": {"tls": {"server_ca_pem": "/ca.pem"}}"#),
            finds: "tls-not-enabled client.proxy.connect.grpc.tls.enabled"
        ),
        DoctorCase("TLS", connect(#""grpc": {"tls": {"enabled": true, "server_ca_pem": "/ca.pem"}}"#)),
        DoctorCase("a timeout that clients wait for", connect(#""timeout": "5s""#)),
        DoctorCase(
            "above what clients wait for",
            connect(#""timeout": "5.5s""#),
            finds: "timeout-after-client client.proxy.connect.timeout"
        ),
        DoctorCase(
            "above the stale close",
            connect(#""timeout": "1m""#),
            finds: "timeout-after-stale-close client.proxy.connect.timeout"
        ),
        DoctorCase(
            "options are looked at before they are enabled",
            #"{"rpc": {"proxy": {"endpoint": "grpc://127.0.0.1:1", "timeout": "6s"}}}"#,
            finds: "not-enabled rpc.proxy",
            "timeout-after-client rpc.proxy.timeout"
        ),
        DoctorCase(
            "not a duration",
            connect(#""timeout": "1""#),
            finds: "not-duration client.proxy.connect.timeout"
        ),
        DoctorCase(
            "more than 64 bits of nanoseconds",
            connect(#""timeout": "2562048h""#),
            finds: "not-duration client.proxy.connect.timeout"
        ),
        DoctorCase(
            "the longest time there is",
            connect(#""timeout": "2562047h47m""#),
            finds: "timeout-after-stale-close client.proxy.connect.timeout"
        ),
        DoctorCase("zero is the default", connect(#""timeout": "0s""#)),
        DoctorCase("a second in nanoseconds", connect(#""timeout": 1000000000"#)),
        DoctorCase("nanoseconds", connect(#""timeout": 5"#), finds: "no-timeout client.proxy.connect.timeout"),
        DoctorCase(
            "nobody waits for a refresh",
            #"{"client": {"proxy": {"refresh": {"enabled": true, "endpoint": "grpc://127.0.0.1:1", "timeout": "20s"}}}}"#
        ),
        DoctorCase(
            "a scheme that Centrifugo does not know",
            connect("", endpoint: "grpcs://127.0.0.1:1"),
            finds: "unknown-scheme client.proxy.connect.endpoint"
        ),
        DoctorCase(
            "no port",
            connect("", endpoint: "grpc://127.0.0.1"),
            finds: "no-port client.proxy.connect.endpoint"
        ),
        DoctorCase("an IPv6 address", connect("", endpoint: "grpc://[::1]:10001")),
        DoctorCase("a Unix socket", connect("", endpoint: "unix:///run/proxy.sock")),
        DoctorCase(
            "a name with replicas",
            connect("", endpoint: "dns:///proxy.internal:10001"),
            finds: "note one-replica client.proxy.connect.endpoint"
        ),
        DoctorCase("somebody else's, by HTTP", connect(#""http_headers": ["User-Agent"]"#, endpoint: "http://app:80/")),
    ]
}
