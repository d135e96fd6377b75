extension ConfigurationDoctor {
    /// What the options of one proxy, by gRPC, do not do.
    func options(of proxy: ProxyOptions) -> [Finding] {
        endpoint(of: proxy) + timeout(of: proxy) + forwarded(by: proxy) + tls(of: proxy)
    }

    /// Names that grpc-go keeps to itself, and drops from metadata.
    private static let reserved: Set<String> = [
        "content-type", "user-agent", "te", "grpc-encoding", "grpc-message", "grpc-message-type", "grpc-status",
        "grpc-timeout",
    ]

    private func forwarded(by proxy: ProxyOptions) -> [Finding] {
        let client = ["http_headers", "emulated_headers", "grpc_metadata"].flatMap { list in
            (proxy.options[list]?.texts ?? []).map { (list: list, name: $0) }
        }
        let dropped = client.filter { Self.reserved.contains($0.name.lowercased()) }.map {
            Finding(
                "reserved-header",
                at: "\(proxy.path).\($0.list)",
                "\($0.name) is never forwarded: gRPC sets a header of this name itself and drops the client's.",
                mend: "remove it; if rules need it, let the proxy in front of Centrifugo copy it to another name."
            )
        }
        let upperCase = client.filter { $0.list == "grpc_metadata" && $0.name != $0.name.lowercased() }.map {
            Finding(
                "upper-case-metadata",
                at: "\(proxy.path).grpc_metadata",
                "\($0.name) never matches: the names of metadata arrive in lower case and are compared as they are.",
                mend: "write \($0.name.lowercased())."
            )
        }
        return dropped + upperCase + overridden(by: proxy, client: Set(client.map { $0.name.lowercased() }))
    }

    private func overridden(by proxy: ProxyOptions, client: Set<String>) -> [Finding] {
        let statics = (proxy.options[path: "grpc.static_metadata"]?.members.keys ?? [:].keys).sorted()
        let credentials = proxy.options[path: "grpc.credentials_key"]?.text ?? ""
        let replaced = statics.filter { client.contains($0.lowercased()) }.map {
            Finding(
                "overridden-metadata",
                at: "\(proxy.path).grpc.static_metadata.\($0)",
                "A header of the same name is forwarded from clients and replaces the static value: what a client "
                    + "sends is then taken for Centrifugo's own.",
                mend: "take it out of http_headers, emulated_headers and grpc_metadata, or rename the static one."
            )
        }
        let all = client.union(statics.map { $0.lowercased() })
        guard !credentials.isEmpty, all.contains(credentials.lowercased()) else { return replaced }
        return replaced + [
            Finding(
                "two-credentials",
                at: "\(proxy.path).grpc.credentials_key",
                "\(credentials) is forwarded from clients or static as well: a call then has two values for it, and "
                    + "this server refuses a call without exactly one.",
                mend: "take it out of http_headers, emulated_headers, grpc_metadata and static_metadata."
            )
        ]
    }

    private func tls(of proxy: ProxyOptions) -> [Finding] {
        guard let tls = proxy.options[path: "grpc.tls"], !tls.members.isEmpty, tls["enabled"]?.isTrue != true else {
            return []
        }
        return [
            Finding(
                "tls-not-enabled",
                at: "\(proxy.path).grpc.tls.enabled",
                "TLS has options, and is not switched on: Centrifugo calls in plaintext.",
                mend: "set it to true, or remove grpc.tls."
            )
        ]
    }
}
