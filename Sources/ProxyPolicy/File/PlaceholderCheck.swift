import CentrifugoProxy
import Yams

/// Refuses what is in the place of a value in lists and maps and is none: nothing at all, which would become the text
/// `null` or `~`, and placeholders such as `${NAME}`, which nothing fills in here.
struct PlaceholderCheck {
    // Aliases of aliases make a small file a large one.
    private static let mostValues = 1_000_000

    private var count = 0

    /// Goes through a whole file.
    ///
    /// - Throws: A `DecodingError` with the path of the first such place.
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
                    throw DecodingError.mistake("is empty; write a value, or take the item out", at: path)
                }
                try check(item, at: path)
            }
        case .mapping(let mapping):
            for (key, value) in mapping {
                let name = key.string ?? ""
                guard key.null == nil, !name.isEmpty else {
                    throw DecodingError.mistake(
                        "has a value without a key; write the key in front of the colon",
                        at: path
                    )
                }
                let path = path + [AnyCodingKey(stringValue: name)]
                if let placeholder = Self.placeholder(in: name) {
                    throw DecodingError.mistake(Self.mistake(placeholder), at: path)
                }
                // With nothing behind it, a key may be a section or a list: those that read them know.
                try check(value, at: path)
            }
        default: break
        }
    }

    /// Whether the text of a place is a channel's pattern, in which `${name}` is a `$` and a parameter.
    private static func isPattern(_ path: [AnyCodingKey]) -> Bool {
        guard let last = path.last else { return false }
        if last.stringValue == "pattern" { return true }
        return path.count == 3 && path[0].stringValue == "connect" && path[1].stringValue == "channels"
    }

    /// The first placeholder of a text: as a shell has it, with a default or without.
    ///
    /// In a pattern only one in capitals, as variables of the environment are written.
    static func placeholder(in text: String, isPattern: Bool = false) -> String? {
        guard text.contains("${") else { return nil }
        if isPattern { return text.firstMatch(of: /\$\{[A-Z_][A-Z0-9_]*\}/).map { String($0.output) } }
        return text.firstMatch(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-+?=][^}]*)?\}/).map { "${\($0.output.1)}" }
    }

    /// What is said of a placeholder, as the end of a sentence.
    static func mistake(_ placeholder: String) -> String {
        "has the placeholder \(placeholder), which nothing fills in here; write the value itself"
    }
}
