import CentrifugoProxy

/// What a namespace of channels needs for a server's rules.
package struct NamespaceNeeds: Sendable, Equatable {
    /// Keys that have to be true.
    package var switches: Set<String> = []
    /// Whether it needs history.
    package var needsHistory = false
    /// The patterns that need it, in order.
    package var patterns: [String] = []

    init() {}
}

extension ServerRules {
    /// What the namespaces of the server's channels need, by name; the empty name is for channels without one.
    package func namespaceNeeds(boundary: String = ":", privatePrefix: String = "$") -> [String: NamespaceNeeds] {
        var namespaces: [String: NamespaceNeeds] = [:]
        for channel in channels {
            guard
                let name = Self.namespace(of: channel.pattern, boundary: boundary, privatePrefix: privatePrefix),
                // Nothing to say of channels without a namespace that Connect subscribes as they are.
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

    /// What Centrifugo takes for the namespace of a pattern's channels; nil when parameters decide.
    static func namespace(of pattern: String, boundary: String, privatePrefix: String) -> String? {
        let plain = pattern.hasPrefix(privatePrefix) ? pattern.dropFirst(privatePrefix.count) : pattern[...]
        let literal = plain.prefix { !"{[".contains($0) }
        if let end = literal.firstRange(of: boundary) { return String(literal[..<end.lowerBound]) }
        // A parameter or an optional part before a boundary can be any namespace.
        return withoutParameters(plain.dropFirst(literal.count)).firstRange(of: boundary) == nil ? "" : nil
    }

    /// A pattern without what is in braces: the colon of `{room:[a-z]+}` is in no channel.
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
