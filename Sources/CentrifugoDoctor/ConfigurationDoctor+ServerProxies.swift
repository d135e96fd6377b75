package import CentrifugoModel
import CentrifugoProxy

extension ConfigurationDoctor {
    /// Differences between the proxies and what the server needs of its calls.
    func proxies(of server: ServerRules) -> [Finding] {
        calledProxies.flatMap { proxy -> [Finding] in
            let events = Set(configuration.uses(of: proxy).map(\.event)).intersection(server.events)
            guard !events.isEmpty else { return [] }
            guard !proxy.endpoint.isHTTP else { return [] }
            return address(of: proxy, server) + tls(of: proxy, server) + secret(of: proxy, server)
                + headers(of: proxy, events, server) + meta(of: proxy, events, server)
        }
    }

    /// Why a proxy's calls do not reach the server, or are refused without being read; nil when they do arrive.
    package func obstacle(for proxy: ProxySettings) -> Finding? {
        guard let server else { return nil }
        if proxy.endpoint.isHTTP { return calledByHTTP(proxy) }
        return (address(of: proxy, server) + tls(of: proxy, server) + secret(of: proxy, server)).first
    }

    // MARK: Where to

    private func address(of proxy: ProxySettings, _ server: ServerRules) -> [Finding] {
        let addresses = server.listeners.map(\.address)
        guard !addresses.isEmpty, !addresses.contains(.inherited), listener(for: proxy, server)?.isReached != true
        else {
            return []
        }
        let path = proxy.path.key("endpoint")
        switch proxy.endpoint {
        case .tcp(let host, let port):
            let ports = addresses.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
            guard !ports.isEmpty else {
                return [differs("other-listener", at: path, "This server listens on no TCP port", server)]
            }
            guard ports.contains(port) else {
                let listens = ports.map { "port \($0)" }.joined(separator: " and ")
                return [differs("other-port", at: path, "This server listens on \(listens), not on \(port)", server)]
            }
            return [differs("other-host", at: path, "This server does not listen where \(host) leads", server)]
        case .resolved(let scheme, let address) where scheme == "unix":
            let file = address.replacing(/^\/\//, with: "")
            return [
                differs("other-listener", at: path, "This server does not listen on the Unix socket \(file)", server)
            ]
        default: return []
        }
    }

    private func differs(_ rule: String, at path: OptionPath, _ problem: String, _ server: ServerRules) -> Finding {
        let endpoints = server.listeners.compactMap(\.endpoint)
        return Finding(rule, at: path, "\(problem).", fix: "set it to \(endpoints.joined(separator: " or ")).")
    }

    /// The listener that a proxy calls; otherwise the first one, which is probably meant.
    private func listener(
        for proxy: ProxySettings,
        _ server: ServerRules
    ) -> (listener: ServerRules.Listener, isReached: Bool)? {
        let reached = server.listeners.first { $0.isReached(by: proxy.endpoint) }
        return (reached ?? server.listeners.first).map { ($0, reached != nil) }
    }

    // MARK: TLS and the secret

    private func tls(of proxy: ProxySettings, _ server: ServerRules) -> [Finding] {
        guard let listener = listener(for: proxy, server)?.listener, listener.address != .inherited else { return [] }
        let path = proxy.path.key("grpc.tls")
        guard listener.certificate != nil else {
            guard proxy.usesTLS else { return [] }
            let problem = "Centrifugo calls by TLS, and this server listens in plaintext: each call fails."
            return [
                Finding(
                    "tls-not-here",
                    at: path,
                    problem,
                    fix: "set enabled to false, or give the listener here a certificate."
                )
            ]
        }
        var findings: [Finding] = []
        if !proxy.usesTLS {
            findings.append(
                Finding(
                    "no-tls",
                    at: path,
                    "This server listens by TLS, and Centrifugo calls in plaintext: each call fails.",
                    fix: "set enabled to true, and server_ca_pem to the CA of the certificate here."
                )
            )
        }
        let hasCertificate = ["cert_pem", "key_pem"].allSatisfy { proxy.options[path: "grpc.tls.\($0)"] != nil }
        if listener.needsClientCertificate, !hasCertificate {
            findings.append(
                Finding(
                    "no-client-certificate",
                    at: path,
                    "This server asks for a client's certificate, and Centrifugo has none: each call fails.",
                    fix: "set cert_pem and key_pem to a certificate that client_ca here has signed, and its key."
                )
            )
        }
        return findings
    }

    private func secret(of proxy: ProxySettings, _ server: ServerRules) -> [Finding] {
        guard let key = server.secretKey, proxy.credentialsKey != ConfigurationSource.hiddenText,
            proxy.credentialsKey.lowercased() != key.lowercased(),
            proxy.staticMetadata[key.lowercased()] == nil
        else { return [] }
        return [
            Finding(
                "no-secret",
                at: proxy.path.key("grpc.credentials_key"),
                "This server refuses calls without its secret in \(key), and Centrifugo does not send that.",
                fix: "set it to \(key), and credentials_value to the secret."
            )
        ]
    }

    // MARK: Headers and metadata

    private func headers(of proxy: ProxySettings, _ events: Set<ProxyEvent>, _ server: ServerRules) -> [Finding] {
        events.sorted { $0.rawValue < $1.rawValue }.flatMap { event in
            (server.headers[event] ?? []).flatMap { header in
                let missing = ["http_headers", "emulated_headers"].filter { list in
                    !proxy.names(list).contains { $0.lowercased() == header.lowercased() }
                        // Browsers send cookies on their own.
                        && !(list == "emulated_headers" && header.lowercased() == "cookie")
                }
                let what = missing == ["emulated_headers"] ? "what the SDK's option headers sends" : "it"
                return missing.map { list in
                    Finding(
                        "header-not-forwarded",
                        at: proxy.path.key(list),
                        "The rules for \(event.methodName) here look at the header \(header), and Centrifugo does not forward "
                            + "\(what).",
                        fix: "add \(header) to the list."
                    )
                }
            }
        }
    }

    private func meta(of proxy: ProxySettings, _ events: Set<ProxyEvent>, _ server: ServerRules) -> [Finding] {
        guard !proxy.includesConnectionMeta else { return [] }
        return events.intersection(server.eventsWithMeta).sorted { $0.rawValue < $1.rawValue }.map { event in
            Finding(
                "no-meta",
                at: proxy.path.key("include_connection_meta"),
                event == .refresh || event == .subRefresh
                    ? "What is extended is looked up by the connection's meta, which Centrifugo does not send: connections "
                        + "and subscriptions end when their time is over."
                    : "Roles are in the connection's meta, which Centrifugo does not send: clients that need one are refused.",
                fix: "set it to true."
            )
        }
    }
}

extension ServerRules.Listener {
    /// The endpoint by which Centrifugo reaches it; nil when that is unknown.
    package var endpoint: String? {
        switch address {
        case .tcp(let host, let port):
            // If it listens on all addresses, the loopback address reaches it.
            let reachable = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][host] ?? (host.contains(":") ? "[\(host)]" : host)
            return "grpc://\(reachable):\(port)"
        case .unix(let path): return path.hasPrefix("/") ? "unix://\(path)" : "unix:\(path)"
        case .inherited: return nil
        }
    }

    /// Whether an endpoint reaches this listener, as far as names tell.
    func isReached(by endpoint: ProxyEndpoint) -> Bool {
        switch (address, endpoint) {
        case (.tcp(let host, let port), .tcp(let called, let calledPort)):
            guard port == calledPort else { return false }
            if ["0.0.0.0", "::", called].contains(host) { return true }
            // A client that calls all addresses calls this machine.
            let loopbacks: Set = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"]
            // Any other name can be an address of this machine.
            return loopbacks.contains(host) == loopbacks.contains(called)
        case (.unix(let path), .resolved(let scheme, let called)) where scheme == "unix":
            return called.drop { $0 == "/" } == path.drop { $0 == "/" }
        case (.inherited, _): return true
        case (_, .resolved(let scheme, _)): return scheme != "unix"
        default: return false
        }
    }
}
