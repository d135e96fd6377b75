/// Looks through a configuration of Centrifugo for what will not work with this server.
package struct ConfigurationDoctor: Sendable {
    let configuration: CentrifugoConfiguration
    let handled: HandledRules

    package init(_ configuration: CentrifugoConfiguration, handled: HandledRules = HandledRules()) {
        self.configuration = configuration
        self.handled = handled
    }

    /// Everything that was found, problems first, each part in the order of the configuration.
    package var findings: [Finding] {
        let found =
            oldConfiguration + switches + configuration.proxies.filter { !$0.isHTTP }.flatMap { options(of: $0) }
            + configuration.namespaces.filter { !$0.isRPC }.flatMap { options(of: $0) } + expiry + events + topics
        return found.filter { $0.severity == .problem } + found.filter { $0.severity == .note }
    }

    /// Centrifugo 6 ignores the options of older versions.
    private var oldConfiguration: [Finding] {
        let old = ["proxy_connect_endpoint", "proxy_connect_timeout", "proxy_http_headers", "granular_proxy_mode"]
        return old.filter { configuration.root[$0] != nil }.map {
            Finding(
                "old-configuration",
                at: $0,
                "It is an option of Centrifugo 5 and before, which Centrifugo 6 does not know.",
                mend: "convert the configuration by Centrifugo's converter for version 6, then look again."
            )
        }
    }
}
