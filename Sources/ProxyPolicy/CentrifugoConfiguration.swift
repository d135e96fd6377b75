import CentrifugoProxy
import Foundation

extension Policy {
    /// The configuration of Centrifugo 6 that fits the policy, as JSON.
    ///
    /// - Parameters:
    ///   - endpoint: How Centrifugo reaches the server, such as `grpc://127.0.0.1:10001`; that of the first TCP listener
    ///     unless given.
    ///   - timeout: How long Centrifugo waits for an answer, such as `1s`.
    ///   - origins: The origins of the pages whose browsers may connect: Centrifugo refuses all others.
    /// - Returns: The JSON text, for people to read.
    /// - Throws: ``PolicyError`` when there is no TCP listener and no endpoint.
    package func centrifugoConfiguration(
        endpoint: String? = nil,
        timeout: String = "1s",
        origins: [String] = []
    ) throws -> String {
        guard let endpoint = endpoint ?? firstEndpoint else {
            throw PolicyError("The policy listens on no TCP port; say by --endpoint how Centrifugo reaches the server.")
        }
        let events = Set(events)
        let usesRoles = topics.contains { $0.who.needsMeta || $0.publish.needsMeta }
        func proxy(
            enabled: Bool = false,
            meta: Bool = false,
            headers: [String] = []
        ) -> JSONText {
            var options: [String: JSONText] = ["endpoint": .string(endpoint), "timeout": .string(timeout)]
            if enabled { options["enabled"] = true }
            if meta { options["include_connection_meta"] = true }
            if !headers.isEmpty { options["http_headers"] = .array(headers.map { .string($0) }) }
            if let grpc { options["grpc"] = grpc }
            return .object(options)
        }

        var root: [String: JSONText] = [:]
        var client: [String: JSONText] = [:]
        if events.contains(.connect) {
            client["connect"] = proxy(enabled: true, headers: [tokens?.metadataKey].compactMap { $0 })
        }
        if events.contains(.refresh) { client["refresh"] = proxy(enabled: true, meta: true) }
        var clients: [String: JSONText] = client.isEmpty ? [:] : ["proxy": .object(client)]
        if !origins.isEmpty { clients["allowed_origins"] = .array(origins.map { .string($0) }) }
        if !clients.isEmpty { root["client"] = .object(clients) }

        var channel: [String: JSONText] = [:]
        if events.contains(.subscribe) { channel["subscribe"] = proxy(meta: usesRoles) }
        if events.contains(.subRefresh) {
            channel["sub_refresh"] = proxy(meta: usesRoles || tokens != nil)
        }
        if events.contains(.publish) { channel["publish"] = proxy(meta: usesRoles) }
        var channels: [String: JSONText] = channel.isEmpty ? [:] : ["proxy": .object(channel)]
        for (name, options) in namespaces.sorted(by: { $0.key < $1.key }) {
            if name.isEmpty {
                channels["without_namespace"] = .object(options)
            } else {
                let named = options.merging(["name": .string(name)]) { first, _ in first }
                channels["namespaces"] = (channels["namespaces"] ?? []).appending(.object(named))
            }
        }
        if !channels.isEmpty { root["channel"] = .object(channels) }
        if let rpc, events.contains(.rpc) {
            var section: [String: JSONText] = ["proxy": proxy(headers: rpc.http?.forwardMetadata ?? [])]
            let namespaces = Self.namespaces(of: rpc.http?.allow ?? [])
            if rpc.ping || namespaces.isEmpty { section["without_namespace"] = ["proxy_enabled": true] }
            if !namespaces.isEmpty {
                section["namespaces"] = .array(namespaces.map { ["name": .string($0), "proxy_enabled": true] })
            }
            root["rpc"] = .object(section)
        }
        return JSONText.object(root).text()
    }

    /// The namespaces of RPC methods that the bridge's rules begin with: Centrifugo takes the verb for one, and answers a
    /// method of a namespace that it does not know by itself.
    private static func namespaces(of rules: [String]) -> [String] {
        let verbs = Set(rules.map { $0.prefix { $0 != ":" }.lowercased() })
        return verbs.contains("*") ? ["delete", "get", "head", "patch", "post", "put"] : verbs.sorted()
    }

    /// Where clients have to put their tokens, for the log; nil without tokens.
    ///
    /// The SDK's own option `token` looks like the place, and is none: Centrifugo checks that by itself.
    package var tokenHint: String? {
        guard let tokens, connect != nil else { return nil }
        let place = tokens.metadataKey.map { ", or in the header \($0)" } ?? ""
        return """
            clients send their token as {"\(tokens.dataKey)": "…"} in the SDK's option data\(place); what is in its option \
            token Centrifugo checks by itself, and never asks this server
            """
    }

    /// The channel namespaces that the policy's patterns begin with, and what they need; the empty name is for the rest.
    private var namespaces: [String: [String: JSONText]] {
        var namespaces: [String: [String: JSONText]] = [:]
        for channel in connect?.channels ?? [] {
            let name = Self.namespace(of: channel.pattern)
            if !name.isEmpty { namespaces[name, default: [:]] = namespaces[name] ?? [:] }
            if channel.lifetime != nil { namespaces[name, default: [:]]["sub_refresh_proxy_enabled"] = true }
        }
        for topic in topics {
            let name = Self.namespace(of: topic.pattern)
            namespaces[name, default: [:]]["subscribe_proxy_enabled"] = true
            if topic.publish != .nobody { namespaces[name, default: [:]]["publish_proxy_enabled"] = true }
            if topic.lifetime != nil { namespaces[name, default: [:]]["sub_refresh_proxy_enabled"] = true }
        }
        return namespaces
    }

    /// What Centrifugo takes for the namespace of a pattern's channels: what is before the first colon.
    private static func namespace(of pattern: String) -> String {
        let before = pattern.prefix { !"{[:".contains($0) }
        return before.endIndex < pattern.endIndex && pattern[before.endIndex] == ":" ? String(before) : ""
    }

    private var firstEndpoint: String? {
        guard let (host, port) = listeners.lazy.compactMap({ $0.tcp.flatMap(ListenerPolicy.address) }).first else {
            return nil
        }
        // Where it listens on all addresses, this machine's own reaches it.
        let reachable = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][host] ?? (host.contains(":") ? "[\(host)]" : host)
        return "grpc://\(reachable):\(port)"
    }

    /// The options for TLS and the shared secret; nil without either.
    private var grpc: JSONText? {
        var options: [String: JSONText] = [:]
        if let tls = listeners.first(where: { $0.tcp != nil })?.tls {
            var files: [String: JSONText] = [
                "enabled": true, "server_ca_pem": "the file of the CA of \(tls.certificate)",
            ]
            if tls.clientCA != nil {
                files["cert_pem"] = "the file of a certificate for Centrifugo"
                files["key_pem"] = "the file of its private key"
            }
            options["tls"] = .object(files)
        }
        if let secret {
            options["credentials_key"] = .string(secret.key)
            options["credentials_value"] = "the secret"
        }
        return options.isEmpty ? nil : .object(options)
    }
}

extension Who {
    /// Whether it is decided by what the connection's `meta` says.
    fileprivate var needsMeta: Bool {
        if case .roles = self { true } else { false }
    }
}
