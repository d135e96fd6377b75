import CentrifugoProxy
import Yams

/// Refuses list items and map values that are not values: empty ones, which would become the text `null` or `~`, and
/// placeholders such as `${NAME}`, which are not replaced here.
struct PlaceholderCheck {
    // Aliases of aliases make a small file a large one.
    private static let mostValues = 1_000_000

    private var count = 0

    /// Checks a whole file.
    ///
    /// - Throws: A `DecodingError` with the path of the first such value.
    static func run(_ root: Node) throws {
        var check = PlaceholderCheck()
        try check.check(root, at: [])
    }

    private mutating func check(_ node: Node, at path: [AnyCodingKey]) throws {
        count += 1
        guard count <= Self.mostValues else {
            throw DecodingError.mistake("the file has more than \(Self.mostValues) values; make it smaller", at: [])
        }
        switch node {
        case .scalar(let scalar):
            if let placeholder = Self.placeholder(in: scalar.string, isPattern: Self.isPattern(path)) {
                throw DecodingError.mistake(Self.mistake(placeholder), at: path)
            }
        case .sequence(let sequence):
            for (index, item) in sequence.enumerated() {
                let path = path + [AnyCodingKey(intValue: index)]
                guard item.null == nil, item.string?.isEmpty != true else {
                    throw DecodingError.mistake("is empty; write a value, or remove the item", at: path)
                }
                try check(item, at: path)
            }
        case .mapping(let mapping):
            for (key, value) in mapping {
                let name = key.string ?? ""
                guard key.null == nil, !name.isEmpty else {
                    throw DecodingError.mistake(
                        "has a value without a key; write the key before the colon",
                        at: path
                    )
                }
                let path = path + [AnyCodingKey(stringValue: name)]
                if let placeholder = Self.placeholder(in: name) {
                    throw DecodingError.mistake(Self.mistake(placeholder), at: path)
                }
                // Without a value, a key may still be a section or a list: the code that decodes it decides.
                try check(value, at: path)
            }
        default: break
        }
    }

    /// Whether the text at a path is a channel's pattern, in which `${name}` is a `$` and a parameter.
    private static func isPattern(_ path: [AnyCodingKey]) -> Bool {
        guard let last = path.last else { return false }
        if last.stringValue == "pattern" { return true }
        return path.count == 3 && path[0].stringValue == "connect" && path[1].stringValue == "channels"
    }

    /// The first placeholder in a text, in a shell's syntax, with or without a default.
    ///
    /// In a pattern, only a name in capitals, like those of environment variables.
    static func placeholder(in text: String, isPattern: Bool = false) -> String? {
        guard text.contains("${") else { return nil }
        if isPattern { return text.firstMatch(of: /\$\{[A-Z_][A-Z0-9_]*\}/).map { String($0.output) } }
        return text.firstMatch(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-+?=][^}]*)?\}/).map { "${\($0.output.1)}" }
    }

    /// The message about a placeholder, as the end of a sentence.
    static func mistake(_ placeholder: String) -> String {
        "has the placeholder \(placeholder), which is not replaced here; write the value itself"
    }
}
