package import CentrifugoModel

/// Checks a configuration of Centrifugo for options that do not work with this server.
package struct ConfigurationDoctor: Sendable {
    let configuration: CentrifugoConfiguration
    let source: ConfigurationSource
    let server: ServerRules?
    /// Top-level keys of Centrifugo 3 to 5, as written.
    let oldTopLevelKeys: [String]

    /// Makes a doctor.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - variables: Variables of Centrifugo's process, in addition to the file.
    ///   - server: The rules of this server, for a comparison; nil compares nothing.
    package init(_ source: ConfigurationSource, variables: [String: String] = [:], server: ServerRules? = nil) {
        self.source = source
        self.server = server
        configuration = CentrifugoConfiguration(source, variables: variables)
        oldTopLevelKeys = configuration.warnings.compactMap { warning in
            guard case .unknownKey(let path) = warning, path.steps.count == 1 else { return nil }
            return OldKeys.ofTopLevel[path.description] == nil ? nil : path.description
        }
    }

    /// All findings, problems before notes, each in the order of the configuration.
    package var findings: [Finding] {
        let grpc = calledProxies.filter { !$0.endpoint.isHTTP }
        let found =
            start + keys + (server.map { differences(from: $0) } ?? []) + switches + grpc.flatMap(options) + endpoints
            + configuration.namespaces.filter { !$0.isRPC }.flatMap(options) + expiry + tokens
        let merged = found.merged
        return merged.filter { $0.severity == .problem } + merged.filter { $0.severity == .note }
    }

    /// The proxies in the configuration that have an endpoint or are enabled.
    var calledProxies: [ProxySettings] {
        configuration.proxies.filter { $0.endpoint != .missing || !configuration.uses(of: $0).isEmpty }
    }

    /// Why Centrifugo does not start.
    private var start: [Finding] {
        configuration.refusals.map { refusal in
            Finding(
                refusal.rule,
                at: refusal.path,
                "\(refusal.problem.sentence), so Centrifugo does not start.",
                fix: "\(refusal.fix)."
            )
        }
    }

    /// Tokens that Centrifugo itself checks, without asking this server.
    private var tokens: [Finding] {
        let keys = ["hmac_secret_key", "rsa_public_key", "ecdsa_public_key", "jwks_public_endpoint"]
        let key = keys.first { configuration.options[path: "client.token.\($0)"] != nil }
        guard configuration.isOn("client.proxy.connect.enabled"), let key else { return [] }
        return [
            Finding(
                "token-passes-by",
                at: "client.token.\(key)",
                "A client that sends a token in its SDK's option token is checked by Centrifugo alone: Connect is not called "
                    + "for it.",
                fix:
                    "remove the key if this server should decide about all clients; they then send their token in the "
                    + "option data.",
                severity: .note
            )
        ]
    }
}

extension String {
    /// With a capital at the beginning, unless it is the name of an option.
    var sentence: String {
        prefix { $0 != " " }.contains { "._".contains($0) } ? self : prefix(1).uppercased() + dropFirst()
    }
}
