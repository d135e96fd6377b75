import CentrifugoProxy

/// The options that a channel namespace needs for a server's rules.
package struct NamespaceNeeds: Sendable, Equatable {
    /// Keys that must be true.
    package var switches: Set<String> = []
    /// Whether it needs history.
    package var needsHistory = false
    /// The patterns that need these options, in order.
    package var patterns: [String] = []

    init() {}
}

extension ServerRules {
    /// The needs of the namespaces of the server's channels, by name; the empty name stands for channels without one.
    package func namespaceNeeds(boundary: String = ":", privatePrefix: String = "$") -> [String: NamespaceNeeds] {
        var namespaces: [String: NamespaceNeeds] = [:]
        for channel in channels {
            guard
                let name = Self.namespace(of: channel.pattern, boundary: boundary, privatePrefix: privatePrefix),
                // Channels without a namespace need nothing if Connect subscribes to them without further options.
                !name.isEmpty || channel.isSubscribed || channel.expires || !channel.overrides.isEmpty
            else { continue }
            var needs = namespaces[name] ?? NamespaceNeeds()
            needs.patterns.append(channel.pattern)
            if channel.isSubscribed, !channel.pattern.hasPrefix(privatePrefix) {
                needs.switches.insert("subscribe_proxy_enabled")
            }
            if channel.isPublished { needs.switches.insert("publish_proxy_enabled") }
            if channel.expires { needs.switches.insert("sub_refresh_proxy_enabled") }
            if channel.overrides.contains("presence") {
                needs.switches.formUnion(["presence", "allow_presence_for_subscriber"])
            }
            if channel.overrides.contains("join_leave"), !channel.overrides.contains("force_push_join_leave") {
                needs.switches.insert("force_push_join_leave")
            }
            if !channel.overrides.isDisjoint(with: ["force_recovery", "force_positioning"]) {
                needs.needsHistory = true
            }
            namespaces[name] = needs
        }
        return namespaces
    }

    /// The namespace of a pattern's channels for Centrifugo; nil when it depends on parameters.
    static func namespace(of pattern: String, boundary: String, privatePrefix: String) -> String? {
        let plain = pattern.hasPrefix(privatePrefix) ? pattern.dropFirst(privatePrefix.count) : pattern[...]
        let literal = plain.prefix { !"{[".contains($0) }
        if let end = literal.firstRange(of: boundary) { return String(literal[..<end.lowerBound]) }
        // A parameter or an optional part before a boundary can be any namespace.
        return withoutParameters(plain.dropFirst(literal.count)).firstRange(of: boundary) == nil ? "" : nil
    }

    /// The pattern without the text in braces: the colon of `{room:[a-z]+}` is not part of a channel.
    private static func withoutParameters(_ pattern: Substring) -> String {
        var depth = 0
        return String(
            pattern.filter { character in
                if character == "{" { depth += 1 }
                defer { if character == "}" { depth -= 1 } }
                return depth == 0
            }
        )
    }
}
