import CentrifugoModel
import CentrifugoProxy

extension ConfigurationDoctor {
    /// Keys and variables that Centrifugo does not read, and placeholders that it does not replace.
    var keys: [Finding] {
        oldConfiguration + unknownKeys.map(unknown) + unknownVariables + repeated + placeholders
    }

    /// The unknown keys, except those of older versions at the top level.
    private var unknownKeys: [OptionPath] {
        let old = Set(oldTopLevelKeys)
        return configuration.warnings.compactMap { warning in
            guard case .unknownKey(let path) = warning, !old.contains(path.description) else { return nil }
            return path
        }
    }

    private var oldConfiguration: [Finding] {
        let keys = oldTopLevelKeys
        guard let first = keys.first else { return [] }
        let places = keys.compactMap { key in OldKeys.ofTopLevel[key].map { "\(key) becomes \($0)" } } + nestedPlaces
        return [
            Finding(
                "old-configuration",
                at: keys.joined(separator: ", "),
                keys.count == 1
                    ? "\(first) is a key of Centrifugo 5 or older, which Centrifugo 6 does not read."
                    : "These are keys of Centrifugo 5 or older, which Centrifugo 6 does not read.",
                fix: "\(places.joined(separator: "; "))."
            )
        ] + oldTimeouts
    }

    /// The new places of old keys in the old lists of namespaces.
    private var nestedPlaces: [String] {
        let lists = [("namespaces", OldKeys.ofNamespace), ("rpc_namespaces", OldKeys.ofRPCNamespace)]
        return lists.flatMap { list, old in
            let used = Set((source.options?[list]?.elements ?? []).flatMap(\.members.keys)).filter { old[$0] != nil }
            return used.sorted().compactMap { key in old[key].map { "\(key) in \(list) becomes \($0)" } }
        } + nestedNames
    }

    /// Names of proxies in the old lists: in version 6, a name alone does not enable anything.
    private var nestedNames: [String] {
        let kinds = ProxyKind.allCases.filter { $0 != .rpc && $0 != .sharedPollRefresh }
        let used = Set((source.options?["namespaces"]?.elements ?? []).flatMap(\.members.keys))
        return kinds.compactMap { kind in
            guard let name = kind.nameKey, used.contains(name) else { return nil }
            return "\(name) in namespaces needs \(kind.enabledKey) beside it"
        }
    }

    /// Timeouts with old keys, before they move to their new places.
    private var oldTimeouts: [Finding] {
        oldTopLevelKeys.filter { $0.hasPrefix("proxy_") && $0.hasSuffix("_timeout") }.flatMap { key -> [Finding] in
            guard let text = source.options?[key]?.text, let timeout = GoDuration(text) else { return [] }
            let path = OptionPath(key)
            let waits = !key.contains("refresh")
            return self.timeout(
                timeout.seconds,
                at: path,
                ofConnect: key == "proxy_connect_timeout",
                hasWaitingClient: waits
            )
        }
    }

    private func unknown(_ path: OptionPath) -> Finding {
        guard case .key(let key) = path.steps.last else {
            return Finding("unknown-key", at: path, "Centrifugo does not read it.", fix: "remove it.")
        }
        if let new = oldKeys(beside: path)[key] {
            return Finding(
                "old-key",
                at: path,
                "\(key) is a key of Centrifugo 5 or older, which Centrifugo 6 does not read.",
                fix: "write \(new)."
            )
        }
        if key == "enabled", ProxyKind.allCases.contains(where: { "\($0.path).enabled" == path.description }) {
            let kind = ProxyKind.allCases.first { "\($0.path).enabled" == path.description } ?? .rpc
            return Finding(
                "unknown-key",
                at: path,
                "enabled is not a key here: Centrifugo does not read it, and namespaces switch this proxy on.",
                fix: "\(kind.howToSwitchOn), and remove enabled."
            )
        }
        return Finding(
            "unknown-key",
            at: path,
            "Centrifugo does not read \(OptionPath([.key(key)])) here.",
            fix: suggestion(for: path, key)
        )
    }

    private func oldKeys(beside path: OptionPath) -> [String: String] {
        switch path.description.prefix(while: { $0 != "[" }) {
        case "channel.namespaces": OldKeys.ofNamespace
        case "rpc.namespaces": OldKeys.ofRPCNamespace
        case "proxies": OldKeys.ofProxy
        default: path.description.hasPrefix("channel.without_namespace.") ? OldKeys.ofNamespace : [:]
        }
    }

    private func suggestion(for path: OptionPath, _ key: String) -> String {
        let parent = OptionPath(path.steps.dropLast())
        if let near = KnownKeys.nearest(to: key, in: KnownKeys.keys(at: parent)) { return "did you mean \(near)?" }
        let deeper = KnownKeys.sections(at: parent).first { KnownKeys.keys(at: parent.key($0)).contains(key) }
        // It is unknown what was meant to be enabled.
        if let deeper, key != "enabled" { return "write \(deeper).\(key): it goes into \(deeper)." }
        let places = KnownKeys.places(of: key)
        guard !places.isEmpty, places.count <= 3 else { return "remove it, or check its name." }
        return "write it at \(places.joined(separator: " or "))."
    }

    private var unknownVariables: [Finding] {
        configuration.warnings.compactMap { warning in
            guard case .unknownVariable(let name) = warning else { return nil }
            let key = name.dropFirst("CENTRIFUGO_".count).lowercased()
            if let new = OldKeys.ofTopLevel[key] {
                return Finding(
                    "old-variable",
                    at: name,
                    "It stands for \(key), a key of Centrifugo 5 or older, which Centrifugo 6 does not read.",
                    fix: new.contains(/[a-z]\.[a-z]/) ? "set \(Self.variables(in: new))." : "\(key) becomes \(new)."
                )
            }
            let near = KnownKeys.nearest(to: name, in: KnownKeys.variables)
            return Finding(
                "unknown-variable",
                at: name,
                "Centrifugo does not read this variable.",
                fix: near.map { "did you mean \($0)?" } ?? "remove it, or check its name."
            )
        }
    }

    /// Replaces each option's path in a text by its variable.
    private static func variables(in text: String) -> String {
        text.replacing(/[a-z_]+(\.[a-z_]+)+/) { KnownKeys.variable(of: String($0.output.0)) }
    }

    private var repeated: [Finding] {
        source.repeatedKeys.map {
            Finding(
                "repeated-key",
                at: $0,
                "The key is repeated, and the last value applies.",
                fix: "keep one of them."
            )
        }
    }

    /// `${…}` where Centrifugo does not replace it.
    private var placeholders: [Finding] {
        // Compose itself replaces placeholders in its file.
        guard !source.isCompose else { return [] }
        let refused = Set(configuration.refusals.map(\.path))
        return Self.texts(in: configuration.options, at: OptionPath()).filter { path, text in
            guard text.contains("${") else { return false }
            let place = path.description
            let isReplaced = ["static_metadata", "static_headers"].contains { place.contains(".\($0).") }
            let rest = isReplaced ? text.replacing(/\$\{CENTRIFUGO_VAR_[^}]*\}/, with: "") : text
            return rest.contains(/\$\{[^}]*\}/) && !refused.contains(place)
        }.map { path, _ in
            Finding(
                "placeholder",
                at: path,
                "Centrifugo does not replace the placeholder: it uses the text as it is.",
                fix:
                    "write the value, or set this option by its environment variable; ${CENTRIFUGO_VAR_…} is replaced in "
                    + "static_metadata and static_headers only."
            )
        }
    }

    private static func texts(in value: ConfigurationValue, at path: OptionPath) -> [(path: OptionPath, text: String)] {
        switch value {
        case .text(let text): [(path, text)]
        case .list(let elements):
            elements.enumerated().flatMap { index, element in
                texts(in: element, at: path.element(index, name: element["name"]?.text))
            }
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { texts(in: $1, at: path.key($0)) }
        default: []
        }
    }
}
