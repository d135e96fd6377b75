import CentrifugoProxy

extension ClientSession {
    /// Names that grpc-go reserves: it drops them from metadata.
    package static let reservedMetadata: Set<String> = [
        "content-type", "user-agent", "te", "grpc-encoding", "grpc-message", "grpc-message-type", "grpc-status",
        "grpc-timeout", "grpc-status-details-bin", "grpc-tags-bin", "grpc-trace-bin", "grpc-accept-encoding",
    ]

    /// The metadata of a call.
    struct CallMetadata {
        /// All names, in order.
        let names: [String]
        /// Forwarded and static values, by name.
        let values: [String: String]
        /// Why grpc-go does not send the metadata; nil when it does.
        let fault: String?
    }

    func metadata(of proxy: ProxySettings, for event: ProxyEvent) -> CallMetadata {
        let forwarded = event == .sharedPollRefresh ? [:] : forwardedHeaders(by: proxy, for: event)
        guard !proxy.endpoint.isHTTP else {
            let fixed = (proxy.options[path: "http.static_headers"]?.members ?? [:]).keys.map { $0.lowercased() }
            let usual = ["accept-encoding", "content-length", "content-type", "host", "user-agent"]
            return CallMetadata(names: Set(forwarded.keys + fixed + usual).sorted(), values: forwarded, fault: nil)
        }
        // Clients' headers replace static values; credentials are set last.
        var values = proxy.staticMetadata.merging(forwarded) { $1 }
        if !proxy.credentialsKey.isEmpty, proxy.credentialsKey != ConfigurationSource.hiddenText {
            values[proxy.credentialsKey.lowercased()] = proxy.credentialsValue
        }
        values = values.filter { !Self.reservedMetadata.contains($0.key) && !$0.key.hasPrefix(":") }
        return CallMetadata(
            names: (["user-agent"] + values.keys).sorted(),
            values: values,
            fault: values.sorted { $0.key < $1.key }.lazy.compactMap { Self.fault(in: $0.key, $0.value) }.first
        )
    }

    /// The client's headers that a proxy's lists name; those of the transport take precedence over emulated ones.
    private func forwardedHeaders(by proxy: ProxySettings, for event: ProxyEvent) -> [String: String] {
        let isStream = comparesAsWritten(proxy, event)
        func names(_ list: String) -> Set<String> {
            Set(proxy.names(list).compactMap { isStream && $0 != $0.lowercased() ? nil : $0.lowercased() })
        }
        var values: [String: String] = [:]
        let emulated = names("emulated_headers")
        for (name, value) in emulatedHeaders where emulated.contains(name.lowercased()) {
            values[name.lowercased()] = value
        }
        let listed = names("http_headers")
        // The request of every WebSocket has these.
        let usual = ["connection", "upgrade", "sec-websocket-key", "sec-websocket-version"].map {
            (name: $0, value: "")
        }
        for (name, value) in usual + headers where listed.contains(name.lowercased()) {
            values[name.lowercased()] = value
        }
        return values
    }

    /// Whether names in the proxy's lists match only in lower case.
    ///
    /// Centrifugo does not convert them to lower case for streams, unlike for other calls by the same proxy.
    private func comparesAsWritten(_ proxy: ProxySettings, _ event: ProxyEvent) -> Bool {
        event.kind == .subscribeStream && configuration.uses(of: proxy).allSatisfy { $0.kind == .subscribeStream }
    }

    /// Why grpc-go does not send the metadata; nil when it does.
    package static func fault(in name: String, _ value: String) -> String? {
        guard name.wholeMatch(of: /[0-9a-z_.\-]+/) != nil else {
            return "the metadata name \"\(name)\" has letters that gRPC does not allow"
        }
        guard !name.hasSuffix("-bin"), !value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return "the value of \(name) has characters that gRPC does not send"
    }
}
