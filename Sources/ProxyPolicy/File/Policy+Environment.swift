import CentrifugoProxy
import Configuration
import Foundation

extension Policy {
    /// The environment variables that take precedence over the file, without `CENTRIFUGO_PROXY_`, and their keys.
    private static let variables = [
        "LISTEN", "LOG_LEVEL", "LOG_ACCESS", "LOG_FORMAT", "LOG_FILE", "ADMIN_LISTEN", "EVENT_LOOPS", "HANDLERS",
        "SECRET_KEY", "SECRET_VALUES", "SECRET_FILE",
        "TOKENS_SQLITE_FILE", "TOKENS_POSTGRES_CONNECTION", "TOKENS_JWT_HMAC", "CONNECT_HTTP_URL", "RPC_HTTP_BASE_URL",
    ]
    private static let prefix = "CENTRIFUGO_PROXY_"
    /// Variables that the command itself reads.
    private static let others = ["CONFIG"]

    /// The policy with the settings of environment variables.
    ///
    /// `CENTRIFUGO_PROXY_` and then `LISTEN` (addresses, separated by commas), `LOG_LEVEL`, `LOG_ACCESS`,
    /// `LOG_FORMAT`, `LOG_FILE`, `ADMIN_LISTEN`, `EVENT_LOOPS`, `HANDLERS`, `SECRET_KEY`, `SECRET_VALUES` (separated by commas), `SECRET_FILE`,
    /// `TOKENS_SQLITE_FILE`, `TOKENS_POSTGRES_CONNECTION`, `TOKENS_JWT_HMAC`, `CONNECT_HTTP_URL`, `RPC_HTTP_BASE_URL`, and `LIMITS_` with a limit's name in
    /// capitals.
    ///
    /// - Parameters:
    ///   - environment: The variables; by default those of the process.
    ///   - warn: Called with a sentence about each variable that has the prefix but is neither a setting nor similar to
    ///     one. Variables that Kubernetes sets for Services are ignored.
    /// - Returns: The policy in force.
    /// - Throws: ``PolicyError`` for a variable that cannot be used, and for a misspelt one.
    package func overridden(
        by environment: [String: String] = ProcessInfo.processInfo.environment,
        warn: (String) -> Void = { _ in }
    ) throws -> Policy {
        let limits = LimitsPolicy.all.map { "LIMITS_\($0.key.uppercased())" }
        let others = Self.variables + Self.others
        let settings = others + limits
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Self.prefix) {
            let setting = String(name.dropFirst(Self.prefix.count))
            guard settings.contains(setting) else {
                try Self.meet(setting, among: settings, limits: limits, warn)
                continue
            }
            if let placeholder = PlaceholderCheck.placeholder(in: value) {
                throw Self.mistake(setting, PlaceholderCheck.mistake(placeholder))
            }
        }
        let provider = EnvironmentVariablesProvider(environmentVariables: environment)
        var policy = self
        try policy.override(by: ConfigReader(provider: provider).scoped(to: "centrifugo.proxy"))
        return policy
    }

    /// Refuses a misspelt setting, and warns about an unknown one.
    private static func meet(
        _ name: String,
        among settings: [String],
        limits: [String],
        _ warn: (String) -> Void
    ) throws(PolicyError) {
        switch StrangeSetting(name, among: settings) {
        case .serviceLink: break
        case .misspelt(let near): throw mistake(name, "is not a setting; write \(prefix)\(near), or unset it")
        case .unknown(let longer):
            let all = settings.filter { !limits.contains($0) }.sorted() + ["LIMITS_… with a limit's name"]
            let names = longer.isEmpty ? all : longer.map { "\(prefix)\($0)" }
            let means = longer.isEmpty ? "after \(prefix) use" : "its settings are"
            warn("\(prefix)\(name) is not a setting and is ignored; \(means) \(alternatives(names)).")
        }
    }

    private static func alternatives(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
    }

    private mutating func override(by reader: ConfigReader) throws {
        if let addresses = reader.stringArray(forKey: "listen") {
            let listeners = try addresses.map { try Self.listener($0, "LISTEN") }
            try replaceListeners(with: listeners, by: "\(Self.prefix)LISTEN")
        }
        if let text = reader.string(forKey: "admin.listen") {
            var listener = try Self.listener(text, "ADMIN_LISTEN")
            // An address says nothing about its protection, which stays.
            listener.tls = admin?.listener.tls
            if listener.unix != nil { listener.mode = admin?.listener.mode }
            if admin == nil { admin = AdminPolicy(listener: listener) } else { admin?.listener = listener }
        }
        if let level = reader.string(forKey: "log.level") {
            if let mistake = LogPolicy.mistake(level: level) { throw Self.mistake("LOG_LEVEL", mistake) }
            log.level = level
        }
        if let format = reader.string(forKey: "log.format") {
            if let mistake = LogPolicy.mistake(format: format) { throw Self.mistake("LOG_FORMAT", mistake) }
            log.format = format
        }
        log.file = try Self.text(reader, "log.file", "LOG_FILE") ?? log.file
        // Which calls are logged stays as the file says.
        log.access.isOn = try Self.bool(reader, "log.access", "LOG_ACCESS") ?? log.access.isOn
        if let text = reader.string(forKey: "event.loops") {
            guard let count = Int(text), 1...1_024 ~= count else {
                throw Self.mistake("EVENT_LOOPS", "is \"\(text)\"; choose from 1 to 1024")
            }
            executor.eventLoops = count
        }
        if let place = reader.string(forKey: "handlers") {
            guard ExecutorPolicy.places.contains(place) else {
                throw Self.mistake("HANDLERS", "is \"\(place)\"; choose event_loop or global")
            }
            executor.handlers = place
        }
        try overrideSecret(by: reader)
        if let file = try Self.text(reader, "tokens.sqlite.file", "TOKENS_SQLITE_FILE") {
            guard tokens?.sqlite != nil else {
                throw Self.mistake("TOKENS_SQLITE_FILE", "needs tokens.sqlite in the file")
            }
            tokens?.sqlite?.file = file
        }
        if let connection = try Self.text(
            reader,
            "tokens.postgres.connection",
            "TOKENS_POSTGRES_CONNECTION",
            isSecret: true
        ) {
            guard tokens?.postgres != nil else {
                throw Self.mistake("TOKENS_POSTGRES_CONNECTION", "needs tokens.postgres in the file")
            }
            tokens?.postgres?.connection = Secret(connection)
        }
        if let secret = try Self.text(reader, "tokens.jwt.hmac", "TOKENS_JWT_HMAC", isSecret: true) {
            guard let jwt = tokens?.jwt, jwt.jwks == nil else {
                throw Self.mistake("TOKENS_JWT_HMAC", "needs tokens.jwt without jwks in the file")
            }
            // In place of the file's: a secret that was rotated out must not stay accepted by mistake.
            tokens?.jwt?.hmac = Secret(secret)
            tokens?.jwt?.hmacFile = nil
        }
        if let url = try Self.text(reader, "connect.http.url", "CONNECT_HTTP_URL") {
            guard connect?.http != nil else { throw Self.mistake("CONNECT_HTTP_URL", "needs connect.http in the file") }
            connect?.http?.url = url
        }
        if let url = reader.string(forKey: "rpc.http.base.url") {
            guard rpc?.http != nil else { throw Self.mistake("RPC_HTTP_BASE_URL", "needs rpc.http in the file") }
            rpc?.http?.baseURL = url
        }
        for limit in LimitsPolicy.all {
            let key = ConfigKey("limits.\(limit.key.replacing("_", with: "."))")
            guard let text = reader.string(forKey: key) else { continue }
            if let mistake = limits.set(limit.key, to: text) {
                throw Self.mistake("LIMITS_\(limit.key.uppercased())", mistake)
            }
        }
    }

    private mutating func overrideSecret(by reader: ConfigReader) throws {
        let key = reader.string(forKey: "secret.key") ?? secret?.key
        let values = reader.stringArray(forKey: "secret.values", isSecret: true)?.map { Secret($0) }
        let file = try Self.text(reader, "secret.file", "SECRET_FILE")
        guard values != nil || file != nil || key != secret?.key else { return }
        guard let key else { throw Self.mistake("SECRET_KEY", "is missing, and the file has no secret.key either") }
        // Values from outside replace those of the file: a secret that was rotated out must not stay accepted by
        // mistake.
        let isReplaced = values != nil || file != nil
        guard isReplaced || secret != nil else {
            throw Self.mistake("SECRET_KEY", "needs SECRET_VALUES or SECRET_FILE")
        }
        secret = SecretPolicy(
            key: key,
            values: isReplaced ? values ?? [] : secret?.values ?? [],
            file: isReplaced ? file : secret?.file,
            coversHealth: secret?.coversHealth ?? false
        )
    }

    private static func listener(_ text: String, _ name: String) throws -> ListenerPolicy {
        let path = Endpoint.unixSocketPath(text) ?? text
        if path.hasPrefix("/") { return ListenerPolicy(unix: path) }
        guard ListenerPolicy.address(text) != nil else {
            throw mistake(name, "is \"\(text)\"; write HOST:PORT, or a path for a Unix socket")
        }
        return ListenerPolicy(tcp: text)
    }

    /// A value that must not be empty.
    private static func text(
        _ reader: ConfigReader,
        _ key: ConfigKey,
        _ name: String,
        isSecret: Bool = false
    ) throws -> String? {
        let text = reader.string(forKey: key, isSecret: isSecret)
        guard text != "" else { throw mistake(name, "is empty; give it a value, or unset it") }
        return text
    }

    private static func bool(_ reader: ConfigReader, _ key: ConfigKey, _ name: String) throws -> Bool? {
        guard let text = reader.string(forKey: key) else { return nil }
        guard let value = Bool(text) else { throw mistake(name, "is \"\(text)\"; choose true or false") }
        return value
    }

    private static func mistake(_ name: String, _ text: String) -> PolicyError {
        PolicyError("\(prefix)\(name) \(text).")
    }
}
