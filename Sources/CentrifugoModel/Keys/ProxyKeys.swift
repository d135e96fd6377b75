extension KeyKind {
    /// The options of a proxy, in any place.
    static let proxyKeys: Keys =
        Keys(.text, "endpoint") + Keys(.duration, "timeout")
        + Keys(.texts, "http_headers", "grpc_metadata", "emulated_headers")
        + Keys(.flag, "binary_encoding", "include_connection_meta")
        + ["http": .object(httpKeys), "grpc": .object(grpcKeys)]

    static let proxy = KeyKind.object(proxyKeys)

    private static let tls = KeyKind.object(
        Keys(.flag, "enabled", "insecure_skip_verify") + Keys(.text, "server_name")
            + Keys(.pem, "cert_pem", "key_pem", "server_ca_pem", "client_ca_pem")
    )

    private static let httpKeys: Keys = [
        "tls": tls,
        "static_headers": .textMap,
        "status_to_code_transforms": .objects([
            "status_code": .integer,
            "to_error": .object(["code": .integer, "message": .text, "temporary": .flag]),
            "to_disconnect": .object(["code": .integer, "reason": .text]),
        ]),
    ]

    private static let grpcKeys: Keys = [
        "tls": tls, "credentials_key": .text, "credentials_value": .text, "compression": .flag,
        "static_metadata": .textMap,
    ]
}
