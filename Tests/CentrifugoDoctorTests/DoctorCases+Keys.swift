import CentrifugoModel

@testable import CentrifugoDoctor

extension DoctorCase {
    static let keys = [
        DoctorCase(
            "a misspelt key",
            #"{"channel": {"namespaces": [{"name": "chat", "presense": true}]}}"#,
            finds: "unknown-key channel.namespaces[chat].presense"
        ),
        DoctorCase(
            "keys of other products' versions in their places",
            #"{"channel": {"namespaces": [{"name": "chat", "proxy_publish": true}]}, "rpc": {"namespaces": [{"name": "news", "rpc_proxy_name": "main"}]}}"#,
            finds: "old-key channel.namespaces[chat].proxy_publish",
            "old-key rpc.namespaces[news].rpc_proxy_name"
        ),
        DoctorCase(
            "a name and no switch",
            #"{"proxies": [{"name": "main", "endpoint": "grpc://127.0.0.1:1"}], "channel": {"namespaces": [{"name": "chat", "subscribe_proxy_name": "main"}]}}"#,
            finds: "name-without-switch channel.namespaces[chat].subscribe_proxy_name"
        ),
        DoctorCase(
            "placeholders",
            #"{"client": {"proxy": {"connect": {"grpc": {"credentials_key": "x", "credentials_value": "${SECRET}"}}}}}"#,
            finds: "placeholder client.proxy.connect.grpc.credentials_value"
        ),
        DoctorCase(
            "placeholders that are replaced",
            #"{"client": {"proxy": {"connect": {"grpc": {"static_metadata": {"x": "a${CENTRIFUGO_VAR_X}"}}}}}}"#,
            finds: "variable-missing client.proxy.connect.grpc.static_metadata"
        ),
        DoctorCase(
            "variables",
            "CENTRIFUGO_CLIENT_PROXY_CONECT_ENABLED=true\nCENTRIFUGO_PROXY_RPC_TIMEOUT=1s\nCENTRIFUGO_REDIS_PORT=tcp://a:1\n",
            form: .env,
            finds: "unknown-variable CENTRIFUGO_CLIENT_PROXY_CONECT_ENABLED",
            "old-variable CENTRIFUGO_PROXY_RPC_TIMEOUT"
        ),
        DoctorCase(
            "a Compose file",
            """
            services:
              centrifugo:
                image: centrifugo/centrifugo:v6
                environment:
                  - CENTRIFUGO_RPC_PROXY_ENDPOINT=grpc://localhost:10001
                  - CENTRIFUGO_RPC_WITHOUT_NAMESPACE_PROXY_ENABLED=true
                  - CENTRIFUGO_RPC_PROXY_GRPC_CREDENTIALS_KEY=${KEY}
            """,
            form: .yaml,
            finds: "note localhost-in-container rpc.proxy.endpoint"
        ),
        DoctorCase(
            "values of the Helm chart",
            """
            config: {client: {proxy: {connect: {endpoint: "grpc://127.0.0.1:10001"}}}}
            envSecret: [{name: CENTRIFUGO_CLIENT_PROXY_CONNECT_GRPC_CREDENTIALS_VALUE}]
            """,
            form: .yaml,
            finds: "not-enabled client.proxy.connect.enabled",
            "value-without-key client.proxy.connect.grpc.credentials_value",
            "note localhost-in-container client.proxy.connect.endpoint"
        ),
    ]
}
