import CentrifugoDoctor
import CentrifugoModel
import CentrifugoProxy
import Foundation

extension Policy {
    /// The Centrifugo 6 configuration for the policy, as JSON.
    ///
    /// - Parameters:
    ///   - endpoint: The address at which Centrifugo reaches the server, such as `grpc://127.0.0.1:10001`; by default
    ///     that of the first listener.
    ///   - timeout: How long Centrifugo waits for an answer, such as `1s`.
    ///   - origins: The origins of the pages whose browsers may connect; Centrifugo refuses all others.
    /// - Returns: The JSON text, formatted for people.
    /// - Throws: ``PolicyError`` when there is no endpoint, and when Centrifugo could not do with the configuration
    ///   what the rules need.
    package func centrifugoConfiguration(
        endpoint: String? = nil,
        timeout: String = "1s",
        origins: [String] = []
    ) throws -> String {
        let rules = serverRules
        guard let endpoint = endpoint ?? rules.listeners.lazy.compactMap(\.endpoint).first else {
            throw PolicyError(
                "The service manager opens the policy's sockets; give the server's address for Centrifugo by --endpoint."
            )
        }
        if case .http = ProxyEndpoint(endpoint) {
            throw PolicyError(
                "\(endpoint) is an HTTP server's address, and this server speaks gRPC; write grpc://HOST:PORT."
            )
        }
        let text = ConfigurationValue.object(
            [
                "client": client(rules, endpoint, timeout, origins), "channel": channel(rules, endpoint, timeout),
                "rpc": rpc(rules, endpoint, timeout),
            ].compactMapValues { $0 }
        ).prettyJSON
        try check(text, rules)
        return text
    }

    /// Refuses a configuration with which Centrifugo could not do what the rules need, according to the doctor.
    private func check(_ text: String, _ rules: ServerRules) throws {
        var rules = rules
        // With --endpoint, the endpoint may differ from the listeners.
        rules.listeners = rules.listeners.map { listener in
            var listener = listener
            listener.address = .inherited
            return listener
        }
        let source = try ConfigurationSource(Data(text.utf8), form: .json)
        let problems = ConfigurationDoctor(source, server: rules).findings.filter { $0.severity == .problem }
        guard let problem = problems.first else { return }
        throw PolicyError("\(problem.path): \(problem.problem) Fix: \(problem.fix)")
    }

    // MARK: Sections

    private func client(
        _ rules: ServerRules,
        _ endpoint: String,
        _ timeout: String,
        _ origins: [String]
    ) -> ConfigurationValue? {
        var proxies: [String: ConfigurationValue] = [:]
        for (name, event) in [("connect", ProxyEvent.connect), ("refresh", .refresh)] where rules.events.contains(event)
        {
            proxies[name] = proxy(for: event, rules, endpoint, timeout)
        }
        var section: [String: ConfigurationValue] = proxies.isEmpty ? [:] : ["proxy": .object(proxies)]
        if !origins.isEmpty { section["allowed_origins"] = .list(origins.map { .text($0) }) }
        return section.isEmpty ? nil : .object(section)
    }

    private func channel(_ rules: ServerRules, _ endpoint: String, _ timeout: String) -> ConfigurationValue? {
        var proxies: [String: ConfigurationValue] = [:]
        let events = [("subscribe", ProxyEvent.subscribe), ("sub_refresh", .subRefresh), ("publish", .publish)]
        for (name, event) in events where rules.events.contains(event) {
            proxies[name] = proxy(for: event, rules, endpoint, timeout)
        }
        var section: [String: ConfigurationValue] = proxies.isEmpty ? [:] : ["proxy": .object(proxies)]
        for (name, needs) in rules.namespaceNeeds().sorted(by: { $0.key < $1.key }) {
            var options = Dictionary(uniqueKeysWithValues: needs.switches.map { ($0, ConfigurationValue.flag(true)) })
            if needs.needsHistory {
                options["history_size"] = 100
                options["history_ttl"] = "300s"
            }
            if name.isEmpty {
                section["without_namespace"] = .object(options)
            } else {
                options["name"] = .text(name)
                section["namespaces"] = .list((section["namespaces"]?.elements ?? []) + [.object(options)])
            }
        }
        return section.isEmpty ? nil : .object(section)
    }

    private func rpc(_ rules: ServerRules, _ endpoint: String, _ timeout: String) -> ConfigurationValue? {
        guard rules.events.contains(.rpc) else { return nil }
        var section: [String: ConfigurationValue] = ["proxy": proxy(for: .rpc, rules, endpoint, timeout)]
        if rules.hasPlainMethods { section["without_namespace"] = ["proxy_enabled": true] }
        if !rules.methodNamespaces.isEmpty {
            section["namespaces"] = .list(rules.methodNamespaces.map { ["name": .text($0), "proxy_enabled": true] })
        }
        return .object(section)
    }

    private func proxy(
        for event: ProxyEvent,
        _ rules: ServerRules,
        _ endpoint: String,
        _ timeout: String
    ) -> ConfigurationValue {
        var options: [String: ConfigurationValue] = ["endpoint": .text(endpoint), "timeout": .text(timeout)]
        if event == .connect || event == .refresh { options["enabled"] = true }
        if rules.eventsWithMeta.contains(event) { options["include_connection_meta"] = true }
        if let headers = rules.headers[event], !headers.isEmpty {
            let names = ConfigurationValue.list(headers.map { .text($0) })
            options["http_headers"] = names
            options["emulated_headers"] = names
        }
        if let grpc = grpc(rules) { options["grpc"] = grpc }
        return .object(options)
    }

    /// The options for TLS and the shared secret; nil without either.
    private func grpc(_ rules: ServerRules) -> ConfigurationValue? {
        var options: [String: ConfigurationValue] = [:]
        if let listener = rules.listeners.first, let certificate = listener.certificate {
            var files: [String: ConfigurationValue] = [
                "enabled": true, "server_ca_pem": .text("the file of the CA of \(certificate)"),
            ]
            if listener.needsClientCertificate {
                files["cert_pem"] = "the file of a certificate for Centrifugo"
                files["key_pem"] = "the file of its private key"
            }
            options["tls"] = .object(files)
        }
        if let key = rules.secretKey {
            options["credentials_key"] = .text(key)
            options["credentials_value"] = "the secret"
        }
        return options.isEmpty ? nil : .object(options)
    }

    /// Where clients have to put their tokens, for the log; nil without tokens.
    ///
    /// The SDK's own option `token` looks right, but Centrifugo itself checks what is in it.
    package var tokenHint: String? {
        guard let tokens, connect != nil else { return nil }
        let place = tokens.metadataKey.map { ", or in the header \($0)" } ?? ""
        return """
            clients send their token as {"\(tokens.dataKey)": "…"} in the SDK's option data\(place); Centrifugo itself \
            checks what is in the SDK's option token, and never asks this server about it
            """
    }
}
