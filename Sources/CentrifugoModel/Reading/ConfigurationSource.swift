package import Foundation

/// The part of Centrifugo's configuration in one file: options, variables or both.
package struct ConfigurationSource: Sendable {
    /// The options; nil when there is no file of options.
    package var options: ConfigurationValue?
    /// The known environment variables of Centrifugo's process.
    package var variables: [String: String] = [:]
    /// A placeholder for a value that is set in another place.
    package static let hiddenText = "(a value from elsewhere)"

    /// Keys that are repeated in one object.
    package var repeatedKeys: [String] = []
    /// Whether Centrifugo runs in a container, where `localhost` is the container.
    package var isContainer = false
    /// Whether it is a Compose file, in which Compose itself replaces `${…}`.
    package private(set) var isCompose = false

    /// Makes the source without a file.
    package init() {}

    /// Reads a file's contents.
    ///
    /// - Throws: ``ConfigurationError`` for content that does not have the format, or contradicts itself.
    package init(_ data: Data, form: ConfigurationForm) throws(ConfigurationError) {
        switch form {
        case .json:
            var reader = JSONReader(Array(data))
            options = try Self.object(try reader.document())
            repeatedKeys = reader.repeatedKeys
        case .toml: options = try Self.object(try TOMLReader.document(try Self.text(data)))
        case .env: variables = try EnvironmentFile(try Self.text(data)).variables
        case .yaml:
            let root = try Self.yaml(data)
            if root["services"] != nil, root["client"] == nil {
                try readCompose(root)
            } else if Self.isHelm(root) {
                try readHelm(root)
            } else {
                options = try Self.object(root)
            }
        case .compose: try readCompose(try Self.yaml(data))
        case .helm: try readHelm(try Self.yaml(data))
        }
        options = try options.map { value throws(ConfigurationError) in try value.normalized() }
    }

    /// Whether these are the chart's values and not a configuration, judged by keys that only one of them has.
    private static func isHelm(_ root: ConfigurationValue) -> Bool {
        guard root["client"] == nil, root["channel"] == nil, root["rpc"] == nil else { return false }
        if case .object = root["config"] { return true }
        return ["replicaCount", "envSecret", "env"].contains { root[$0] != nil }
    }

    private static func yaml(_ data: Data) throws(ConfigurationError) -> ConfigurationValue {
        try YAMLReader.document(try text(data))
    }

    private static func text(_ data: Data) throws(ConfigurationError) -> String {
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("it is not text in UTF-8; save it as UTF-8", stopsCentrifugo: true)
        }
        return text
    }

    /// Centrifugo treats an empty file as a configuration without options.
    private static func object(_ value: ConfigurationValue) throws(ConfigurationError) -> ConfigurationValue {
        switch value {
        case .object: return value
        case .null: return .object([:])
        default:
            throw ConfigurationError(
                "it contains \(value.kindName), but Centrifugo expects an object of options",
                line: 1,
                stopsCentrifugo: true
            )
        }
    }

    // MARK: Files around a configuration

    private mutating func readCompose(_ root: ConfigurationValue) throws(ConfigurationError) {
        let services = root["services"]?.members ?? [:]
        let service = services.sorted { $0.key < $1.key }.map(\.value).first { service in
            service["image"]?.text?.contains("centrifugo/centrifugo") == true
                || Self.variables(service["environment"]).keys.contains { $0.hasPrefix("CENTRIFUGO_") }
        }
        guard let service else {
            throw ConfigurationError(
                "no service of this Compose file has the image centrifugo/centrifugo or variables of Centrifugo"
            )
        }
        isContainer = true
        isCompose = true
        variables = Self.variables(service["environment"]).mapValues(Self.replacing)
    }

    private mutating func readHelm(_ root: ConfigurationValue) throws(ConfigurationError) {
        guard root["config"] != nil || root["env"] != nil else {
            throw ConfigurationError(
                "these values have neither config nor env, which the chart gives to Centrifugo"
            )
        }
        isContainer = true
        options = try Self.object(root["config"] ?? .object([:]))
        variables = Self.variables(root["env"])
        for secret in root["envSecret"]?.elements ?? [] {
            if let name = secret["name"]?.text { variables[name] = Self.hiddenText }
        }
    }

    /// The value as Compose replaces it: `${NAME:-default}` becomes the default, `$$` a dollar sign.
    ///
    /// The values of Compose's other variables are unknown here.
    private static func replacing(_ value: String) -> String {
        let variable = /\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^}]*)\}/
        let replaced = value.replacing("$$", with: "\0").replacing(variable) { String($0.output.1) }
        return replaced.contains(/\$[{A-Za-z_]/) ? hiddenText : replaced.replacing("\0", with: "$")
    }

    /// Variables as an object, a list of `NAME=VALUE`, or a list of objects with name and value.
    private static func variables(_ value: ConfigurationValue?) -> [String: String] {
        var variables: [String: String] = [:]
        for (name, value) in value?.members ?? [:] { variables[name] = value.scalarText }
        for element in value?.elements ?? [] {
            if let text = element.text, let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            } else if let name = element["name"]?.text {
                variables[name] = element["value"]?.scalarText
            }
        }
        return variables
    }
}

extension ConfigurationValue {
    /// A scalar in the form of an environment variable; nil for lists, objects and null.
    var scalarText: String? {
        switch self {
        case .text(let text): text
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .null, .list, .object: nil
        }
    }
}
