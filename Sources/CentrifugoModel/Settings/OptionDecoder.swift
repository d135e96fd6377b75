/// Reads options like Centrifugo: each by its key, with environment variables taking precedence over the file.
struct OptionDecoder {
    private let variables: [String: String]
    /// The variables that belong to an option.
    private(set) var knownVariables: Set<String> = []
    private(set) var unknownKeys: [OptionPath] = []
    private(set) var refusals: [StartError] = []

    init(variables: [String: String]) {
        self.variables = variables
    }

    /// Decodes the whole configuration.
    mutating func configuration(_ options: ConfigurationValue) -> ConfigurationValue {
        object(options, keys: KeyKind.configuration, at: OptionPath(), variable: "CENTRIFUGO")
    }

    private mutating func object(
        _ value: ConfigurationValue,
        keys: KeyKind.Keys,
        at path: OptionPath,
        variable: String
    ) -> ConfigurationValue {
        for key in value.members.keys.sorted() where keys[key] == nil { unknownKeys.append(path.key(step: key)) }
        var result: [String: ConfigurationValue] = [:]
        for (key, kind) in keys.sorted(by: { $0.key < $1.key }) {
            result[key] = decode(
                value[key],
                as: kind,
                at: path.key(step: key),
                variable: "\(variable)_\(key.uppercased())"
            )
        }
        return .object(result)
    }

    private mutating func decode(
        _ value: ConfigurationValue?,
        as kind: KeyKind,
        at path: OptionPath,
        variable: String
    ) -> ConfigurationValue? {
        let value = value == .null ? nil : value
        switch kind {
        case .object(let keys):
            if let value, !isObject(value, at: path) { return nil }
            let result = object(value ?? .object([:]), keys: keys, at: path, variable: variable)
            return value == nil && result.members.isEmpty ? nil : result
        case .objects(let keys): return objects(value, keys: keys, at: path, variable: variable)
        case .foreignObject:
            if let value, !isObject(value, at: path) { return nil }
            return value
        case .foreignList: return value
        default:
            knownVariables.insert(variable)
            let written = value.flatMap { value in
                coerce(at: path.description) { try Self.option(value, kind, at: path) }
            }
            guard let text = variables[variable], !text.isEmpty else { return written ?? nil }
            // A value from another place is set, but unknown here.
            if text == ConfigurationSource.hiddenText {
                if case .text = kind { return .text(text) }
                return written ?? nil
            }
            return coerce(at: variable) { try Self.option(variable: text, kind) } ?? nil
        }
    }

    private mutating func isObject(_ value: ConfigurationValue, at path: OptionPath) -> Bool {
        if case .object = value { return true }
        // Go's mapstructure treats an empty list as an empty object.
        if value == .list([]) { return true }
        // Centrifugo 5 had a switch in place of the whole section.
        let old: String? =
            switch value {
            case .flag
            where KnownKeys.keys(at: path).contains("enabled") || KeyKind.switchedSections.contains("\(path)"):
                "enabled"
            case .text where path == OptionPath("engine") || path == OptionPath("broker"): "type"
            default: nil
            }
        let fix = old.map { "write \(path).\($0): Centrifugo 6 has an object here" } ?? "write an object"
        let problem = OptionCoercion.wanted("an object", value).problem
        refusals.append(StartError("wrong-type", at: path, problem, fix: fix))
        return false
    }

    private mutating func refuse(_ mismatch: OptionCoercion.MismatchError, at path: String) {
        refusals.append(StartError(mismatch.rule, at: path, mismatch.problem, fix: mismatch.fix))
    }

    private mutating func coerce<Value>(at path: String, _ read: () throws -> Value) -> Value? {
        do {
            return try read()
        } catch let mismatch as OptionCoercion.MismatchError {
            refuse(mismatch, at: path)
        } catch let refusal as StartError {
            refusals.append(refusal)
        } catch {}
        return nil
    }

    // MARK: Lists of objects

    private mutating func objects(
        _ value: ConfigurationValue?,
        keys: KeyKind.Keys,
        at path: OptionPath,
        variable: String
    ) -> ConfigurationValue? {
        knownVariables.insert(variable)
        var value = value
        if let text = variables[variable], !text.isEmpty {
            guard let elements = coerce(at: variable, { try Self.elements(text, variable: variable) }) else {
                return nil
            }
            value = elements
        }
        guard let value else { return nil }
        // A single value is a list with one element.
        let elements = value == .object([:]) ? [] : value.asList
        return .list(
            elements.enumerated().map { index, element in
                let name = element["name"]?.scalarText
                let path = path.element(index, name: name)
                guard element == .null || isObject(element, at: path) else { return .object([:]) }
                return object(element, keys: keys, at: path, variable: "\(variable)_\(Self.variablePart(name ?? ""))")
            }
        )
    }

    /// A name as it appears in variables.
    private static func variablePart(_ name: String) -> String {
        name.uppercased().replacing(/[-.]/, with: "_")
    }

    /// The elements in a variable: a JSON list of objects, or names separated by spaces.
    private static func elements(_ text: String, variable: String) throws(StartError) -> ConfigurationValue {
        guard text.first == "[" || text.first == "{" else {
            return .list(text.split(separator: " ").map { .object(["name": .text(String($0))]) })
        }
        do {
            return try ConfigurationValue(json: Array(text.utf8)).normalized()
        } catch {
            throw StartError(
                "not-json",
                at: variable,
                "the value is not JSON: \(error.problem)",
                fix: "write a JSON list of objects, or names with spaces between them"
            )
        }
    }

    // MARK: Options

    /// An option of the file; nil when it counts as not set.
    private static func option(
        _ value: ConfigurationValue,
        _ kind: KeyKind,
        at path: OptionPath
    ) throws -> ConfigurationValue? {
        switch kind {
        case .flag: return .flag(try OptionCoercion.flag(value))
        case .integer:
            let integer = try OptionCoercion.integer(value)
            return integer == 0 ? nil : .integer(integer)
        case .text, .pem:
            let text = try OptionCoercion.text(value)
            return text.isEmpty ? nil : .text(text)
        case .duration:
            let seconds = try OptionCoercion.duration(value)
            return seconds == 0 ? nil : .number(seconds)
        case .texts:
            var texts: [ConfigurationValue] = []
            for (index, element) in value.asList.enumerated() {
                do throws(OptionCoercion.MismatchError) {
                    texts.append(.text(try OptionCoercion.text(element)))
                } catch {
                    throw StartError(error.rule, at: path.element(index), error.problem, fix: error.fix)
                }
            }
            return .list(texts)
        case .textMap: return try TextMap.value(value, at: path)
        case .object, .objects, .foreignObject, .foreignList: return value
        }
    }

    /// An option of a variable.
    private static func option(variable text: String, _ kind: KeyKind) throws -> ConfigurationValue? {
        switch kind {
        case .texts: return .list(text.split(separator: " ").map { .text(String($0)) })
        // Zero in a variable means zero, and not the default.
        case .duration: return .number(try OptionCoercion.duration(text))
        case .textMap:
            do {
                return try TextMap.value(try ConfigurationValue(json: Array(text.utf8)), at: OptionPath())
            } catch let error as ConfigurationError {
                throw OptionCoercion.MismatchError(
                    rule: "not-json",
                    problem: "the value is not JSON: \(error.problem)",
                    fix: "write a JSON object of texts"
                )
            }
        default: return try option(.text(text), kind, at: OptionPath())
        }
    }
}

extension ConfigurationValue {
    /// The elements of a list; a single value is a list with one element.
    fileprivate var asList: [ConfigurationValue] {
        if case .list(let elements) = self { elements } else { [self] }
    }
}

extension OptionPath {
    /// One key, which may contain dots.
    package func key(step key: String) -> OptionPath { OptionPath(steps + [.key(key)]) }
}
