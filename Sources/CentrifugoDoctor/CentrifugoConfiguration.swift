import CentrifugoProxy
package import Foundation

/// A configuration of Centrifugo 6, as far as proxies are concerned.
package struct CentrifugoConfiguration: Sendable {
    let root: JSONValue

    /// Reads a configuration in JSON.
    ///
    /// - Throws: ``UnreadableConfiguration`` for what is no JSON object.
    package init(json: Data) throws(UnreadableConfiguration) {
        guard let root = try? JSONDecoder().decode(JSONValue.self, from: json) else {
            throw UnreadableConfiguration("is no JSON: \(Self.mistake(in: json))")
        }
        guard case .object = root else {
            throw UnreadableConfiguration(
                "is JSON, but no object with Centrifugo's options; give the file that Centrifugo reads."
            )
        }
        self.root = root
    }

    /// What is wrong with a JSON text, and in which line: JSONSerialization says it, and JSONDecoder does not.
    private static func mistake(in json: Data) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed)
            return "it nests too deep."
        } catch {
            let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "\(error)"
            guard let place = text.range(of: "around character "),
                let offset = Int(text[place.upperBound...].prefix { $0.isNumber })
            else { return text }
            let line = json.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
            return "\(text[..<place.lowerBound])in line \(line)."
        }
    }

    /// What is in no namespace, and all namespaces, of channels and of RPC.
    var namespaces: [Namespace] {
        ["channel", "rpc"].flatMap { section in
            let isRPC = section == "rpc"
            let without = root[path: "\(section).without_namespace"].map {
                Namespace(name: nil, path: "\(section).without_namespace", options: $0, isRPC: isRPC)
            }
            let named = (root[path: "\(section).namespaces"]?.elements ?? []).enumerated().map { index, options in
                let name = options["name"]?.text
                return Namespace(
                    name: name ?? "",
                    path: "\(section).namespaces[\(name ?? "\(index)")]",
                    options: options,
                    isRPC: isRPC
                )
            }
            return [without].compactMap { $0 } + named
        }
    }

    /// Everything that switches a proxy on.
    var uses: [ProxyUse] {
        let clients = [ProxyKind.connect, .refresh].filter { root[path: "\($0.path).enabled"]?.isTrue == true }.map {
            ProxyUse(kind: $0, event: $0.event(in: .null), path: "\($0.path).enabled", namePath: $0.path, name: nil)
        }
        let inNamespaces = namespaces.flatMap { namespace in
            ProxyKind.allCases.filter { ($0 == .rpc) == namespace.isRPC && $0.isEnabled(in: namespace.options) }.map {
                let name = namespace.options[path: $0.nameKey]?.text ?? ""
                return ProxyUse(
                    kind: $0,
                    event: $0.event(in: namespace.options),
                    path: "\(namespace.path).\($0.enabledKey)",
                    namePath: "\(namespace.path).\($0.nameKey)",
                    name: name.isEmpty || name == "default" ? nil : name
                )
            }
        }
        return clients + inNamespaces
    }

    /// The default proxies that are written down, then the named ones.
    var proxies: [ProxyOptions] {
        let uses = uses
        let standard = ProxyKind.allCases.compactMap { kind in
            root[path: kind.path].map { options in
                ProxyOptions(
                    path: kind.path,
                    options: options,
                    uses: uses.filter { $0.kind == kind && $0.name == nil }
                )
            }
        }
        let named = (root["proxies"]?.elements ?? []).enumerated().map { index, options in
            let name = options["name"]?.text
            return ProxyOptions(
                path: "proxies[\(name ?? "\(index)")]",
                options: options,
                uses: uses.filter { $0.name != nil && $0.name == name }
            )
        }
        return standard + named
    }

    /// The options by which a use calls; nil when there are none.
    func proxy(of use: ProxyUse) -> ProxyOptions? {
        let path = use.name.map { "proxies[\($0)]" } ?? use.kind.path
        return proxies.first { $0.path == path }
    }
}
