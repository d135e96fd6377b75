import Foundation

/// The file formats of a Centrifugo configuration.
package enum ConfigurationForm: String, Sendable, CaseIterable {
    case json
    case yaml
    case toml
    /// Lines of `NAME=VALUE`.
    case env
    /// A Compose file: the `environment` of the service that runs Centrifugo.
    case compose
    /// Values of Centrifugo's Helm chart: `config` and `env`.
    case helm

    /// The format according to a file's name; nil for an unknown extension.
    package init?(fileName: String) {
        let name = URL(fileURLWithPath: fileName).lastPathComponent.lowercased()
        switch name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last {
        case "json": self = .json
        case "yaml", "yml": self = .yaml
        case "toml": self = .toml
        case "env": self = .env
        default:
            guard name.hasPrefix(".env") else { return nil }
            self = .env
        }
    }
}
