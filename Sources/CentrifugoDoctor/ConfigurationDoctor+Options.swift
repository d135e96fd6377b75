import CentrifugoModel

extension ConfigurationDoctor {
    /// Options of one proxy, over gRPC, that have no effect.
    func options(of proxy: ProxySettings) -> [Finding] {
        timeout(of: proxy) + forwarded(by: proxy) + fixed(by: proxy) + credentials(of: proxy) + tls(of: proxy)
    }

    /// Headers that concern one connection, and that HTTP/2 forbids (RFC 9113 §8.2.2).
    private static let forbidden: Set<String> = [
        "connection", "upgrade", "keep-alive", "proxy-connection", "transfer-encoding",
    ]

    private func forwarded(by proxy: ProxySettings) -> [Finding] {
        let lists = ["http_headers", "emulated_headers", "grpc_metadata"]
        let names = lists.flatMap { list in proxy.names(list).map { (path: proxy.path.key(list), name: $0) } }
        let reserved = names.filter { ClientSession.reservedMetadata.contains($0.name.lowercased()) }.map {
            Finding(
                "reserved-header",
                at: $0.path,
                "\($0.name) is never forwarded: gRPC sets a header of this name itself and drops the client's.",
                fix: "remove it; if rules need it, make the proxy in front of Centrifugo copy it to another name."
            )
        }
        let forbidden = names.filter { Self.forbidden.contains($0.name.lowercased()) }.map {
            Finding(
                "forbidden-header",
                at: $0.path,
                "HTTP/2 forbids \($0.name), and Centrifugo sends it all the same: each call that carries it is reset, "
                    + "and of a WebSocket's request that is every one that has the header.",
                fix: "remove it."
            )
        }
        let odd = names.filter { $0.name.contains { $0 == "," || $0.isWhitespace } }.map {
            Finding(
                "bad-header-name",
                at: $0.path,
                "\"\($0.name)\" is one name to Centrifugo, and no header has it: nothing is forwarded.",
                fix: "write a list with one name in each element; in a variable, names with spaces between them."
            )
        }
        return reserved + forbidden + odd + unmatched(by: proxy, names) + browsers(by: proxy)
            + overridden(by: proxy, client: Set(names.map { $0.name.lowercased() }))
    }

    /// Names that match nothing in this spelling.
    private func unmatched(by proxy: ProxySettings, _ names: [(path: OptionPath, name: String)]) -> [Finding] {
        let kinds = configuration.uses(of: proxy).map(\.kind)
        if !kinds.isEmpty, kinds.allSatisfy({ $0 == .sharedPollRefresh }), let first = names.first {
            return [
                Finding(
                    "no-client",
                    at: first.path,
                    "SharedPollRefresh is about no client: Centrifugo forwards nothing to it.",
                    fix: "remove the list."
                )
            ]
        }
        let isStream = !kinds.isEmpty && kinds.allSatisfy { $0 == .subscribeStream }
        return names.filter { path, name in
            name != name.lowercased() && (isStream || path == proxy.path.key("grpc_metadata"))
        }.map { path, name in
            Finding(
                "upper-case-metadata",
                at: path,
                isStream
                    ? "\(name) never matches: for streams the names of this list are compared with names in lower case."
                    : "\(name) never matches: the names of metadata arrive in lower case and are compared as they are.",
                fix: "write \(name.lowercased())."
            )
        }
    }

    /// Headers that a page in a browser cannot set on a WebSocket.
    private func browsers(by proxy: ProxySettings) -> [Finding] {
        let emulated = Set(proxy.names("emulated_headers").map { $0.lowercased() })
        return proxy.names("http_headers").filter {
            $0.lowercased() == "authorization" && !emulated.contains("authorization")
        }
        .map {
            Finding(
                "browser-header",
                at: proxy.path.key("http_headers"),
                "Browsers cannot set \($0) on a WebSocket; what the SDK's option headers sends is forwarded by "
                    + "emulated_headers only, since Centrifugo 6.9.",
                fix: "add \($0) to emulated_headers if clients are browsers.",
                severity: .note
            )
        }
    }

    private func overridden(by proxy: ProxySettings, client: Set<String>) -> [Finding] {
        let statics = proxy.staticMetadata.keys.sorted()
        let credentials = proxy.credentialsKey
        let replaced = statics.filter { client.contains($0) }.map {
            Finding(
                "overridden-metadata",
                at: proxy.path.key("grpc.static_metadata.\($0)"),
                "A header of the same name is forwarded from clients and replaces the static value: what a client "
                    + "sends is then taken for Centrifugo's own.",
                fix: "take it out of http_headers, emulated_headers and grpc_metadata, or rename the static one."
            )
        }
        guard !credentials.isEmpty, client.union(statics).contains(credentials.lowercased()) else { return replaced }
        return replaced + [
            Finding(
                "two-credentials",
                at: proxy.path.key("grpc.credentials_key"),
                "\(credentials) is forwarded from clients or static as well: a call then has two values for it, and "
                    + "this server refuses a call without exactly one.",
                fix: "take it out of http_headers, emulated_headers, grpc_metadata and static_metadata."
            )
        ]
    }

    /// Configured metadata that gRPC does not send.
    private func fixed(by proxy: ProxySettings) -> [Finding] {
        var metadata = proxy.staticMetadata.sorted { $0.key < $1.key }.map { name, value in
            (path: proxy.path.key("grpc.static_metadata").key(step: name), name: name, value: value)
        }
        if !proxy.credentialsKey.isEmpty, proxy.credentialsKey != ConfigurationSource.hiddenText {
            let path = proxy.path.key("grpc.credentials_key")
            metadata.append((path, proxy.credentialsKey.lowercased(), proxy.credentialsValue))
        }
        return metadata.compactMap { path, name, value in
            if ClientSession.reservedMetadata.contains(name) {
                return Finding(
                    "reserved-metadata",
                    at: path,
                    "\(name) is never sent: gRPC sets a header of this name itself.",
                    fix: "choose another name."
                )
            }
            guard let fault = ClientSession.fault(in: name, value) else {
                return nil
            }
            return Finding(
                "bad-metadata",
                at: path,
                "\(fault.sentence): each call fails, and clients get error 100.",
                fix: "names have small letters, digits, dashes, dots and underscores; values are printable ASCII."
            )
        }
    }

    private func credentials(of proxy: ProxySettings) -> [Finding] {
        guard !proxy.credentialsValue.isEmpty, proxy.credentialsKey.isEmpty else { return [] }
        return [
            Finding(
                "value-without-key",
                at: proxy.path.key("grpc.credentials_value"),
                "credentials_value is set, and credentials_key is not: nothing is sent.",
                fix: "set grpc.credentials_key to the name that this server's secret has."
            )
        ]
    }

    private func tls(of proxy: ProxySettings) -> [Finding] {
        guard let tls = proxy.options[path: "grpc.tls"], !tls.members.isEmpty, !proxy.usesTLS else { return [] }
        // Nothing is missing where TLS is switched off on purpose.
        guard tls.members.contains(where: { $0.key != "enabled" && $0.value != false }) else { return [] }
        return [
            Finding(
                "tls-not-enabled",
                at: proxy.path.key("grpc.tls.enabled"),
                "TLS has options, and is not switched on: Centrifugo calls in plaintext.",
                fix: "set it to true, or remove grpc.tls."
            )
        ]
    }
}
