/// A configuration as Centrifugo 6.9 reads it: the file together with the variables.
package struct CentrifugoConfiguration: Sendable {
    /// Options by key, converted to the kinds that Centrifugo expects; options that are not set are missing.
    package let options: ConfigurationValue
    /// The environment's variables.
    package let variables: [String: String]
    /// Why Centrifugo does not start; empty when it starts.
    package private(set) var refusals: [StartError]
    /// Warnings of Centrifugo when it starts.
    package let warnings: [StartWarning]

    /// The options without a namespace, then all namespaces, for channels and for RPC.
    package let namespaces: [Namespace]
    private let table: ProxyTable

    /// Combines a file with variables.
    ///
    /// - Parameters:
    ///   - source: The file, and the variables in it.
    ///   - more: Further variables, which take precedence.
    package init(_ source: ConfigurationSource, variables more: [String: String] = [:]) {
        let variables = source.variables.merging(more) { $1 }
        self.variables = variables
        var decoder = OptionDecoder(variables: variables)
        let options = decoder.configuration(source.options ?? .object([:]))
        self.options = options
        refusals = decoder.refusals
        warnings =
            decoder.unknownKeys.map(StartWarning.unknownKey)
            + Self.unknownVariables(variables, known: decoder.knownVariables).map(StartWarning.unknownVariable)
            + (source.options == nil ? [.noConfigurationFile] : [])
            + (options[path: "client.insecure"] == true ? [.insecureMode] : [])
        let namespaces = ["channel", "rpc"].flatMap { Self.namespaces(of: $0, in: options) }
        self.namespaces = namespaces
        table = ProxyTable(options, namespaces: namespaces)
        refusals += StartCheck(self).refusals
    }

    private static func namespaces(of section: String, in options: ConfigurationValue) -> [Namespace] {
        let isRPC = section == "rpc"
        let without = Namespace(
            name: nil,
            path: OptionPath("\(section).without_namespace"),
            options: options[path: "\(section).without_namespace"] ?? .object([:]),
            isRPC: isRPC
        )
        let named = (options[path: "\(section).namespaces"]?.elements ?? []).enumerated().map { index, options in
            let name = options["name"]?.text ?? ""
            let path = OptionPath("\(section).namespaces").element(index, name: name)
            return Namespace(name: name, path: path, options: options, isRPC: isRPC)
        }
        return [without] + named
    }

    private static func unknownVariables(_ variables: [String: String], known: Set<String>) -> [String] {
        let sections = KeyKind.configuration.compactMap { key, kind in
            if case .foreignObject = kind { "CENTRIFUGO_\(key.uppercased())_" } else { nil }
        }
        return variables.keys.sorted().filter { name in
            name.hasPrefix("CENTRIFUGO_") && !name.hasPrefix("CENTRIFUGO_VAR_") && !known.contains(name)
                && !sections.contains { name.hasPrefix($0) } && name != "CENTRIFUGO_CONSUMERS"
                // Centrifugo treats all of these as variables of Kubernetes.
                && name.prefixMatch(of: /CENTRIFUGO(_[A-Z0-9_]+)?_(PORT|SERVICE_)/) == nil
        }
    }

    // MARK: Lookups

    /// A text that is set, or Centrifugo's default.
    package func text(_ path: String, default standard: String = "") -> String { options[path: path]?.text ?? standard }

    package func isOn(_ path: String) -> Bool { options[path: path] == true }

    /// The default proxies in the configuration, then the named ones.
    package var proxies: [ProxySettings] { table.proxies }

    /// Every place that enables a proxy.
    package var uses: [ProxyUse] { table.uses }

    /// The options of a use's proxy; nil when there is none.
    package func proxy(of use: ProxyUse) -> ProxySettings? { table.proxy(of: use) }

    /// The uses of a proxy.
    package func uses(of proxy: ProxySettings) -> [ProxyUse] { table.uses(of: proxy) }
}
