import Yams

/// Reads YAML like Go's yaml.v3, which Centrifugo uses: only the first document, `yes` is a text, `0123` is octal, and
/// a repeated key is refused.
enum YAMLReader {
    /// Deeper than any configuration, and shallow enough for the stack.
    private static let deepest = 200
    /// More than any configuration has; nested aliases could expand to billions.
    private static let mostNodes = 50_000

    static func document(_ text: String) throws(ConfigurationError) -> ConfigurationValue {
        // Yams compares keys while it reads, which would take forever with a key of nested aliases.
        let alias = /(^|[\s\[{,])\*[A-Za-z0-9_\-]/
        let complexKey = /(^|[\n{,])[ \t]*(- +)*(\?[ \t\n]|\*[A-Za-z0-9_\-]+[ \t]*:)|[\]}][ \t]*:[ \t\n]/
        if text.contains(alias), text.contains(complexKey) {
            throw ConfigurationError("a key is an alias, a list or a mapping; write texts as keys")
        }
        do {
            // One at a time: a mistake in the second document does not matter.
            var documents = try Yams.compose_all(yaml: text)
            guard let root = documents.next() else {
                if let error = documents.error { throw error }
                return .null
            }
            var nodes = 0
            return try value(of: root, depth: 0, nodes: &nodes)
        } catch let error as YamlError {
            throw Self.mistake(error)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError("this is not YAML", stopsCentrifugo: true)
        }
    }

    private static func mistake(_ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            problem.contains("nesting level")
                ? ConfigurationError("it nests too deep", line: mark.line)
                : ConfigurationError("this is not YAML: \(problem)", line: mark.line, stopsCentrifugo: true)
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                "\(duplicates.first ?? "a key") is repeated in one mapping; keep one of them",
                line: context.mark.line,
                stopsCentrifugo: true
            )
        case .reader(let problem, let offset, _, _):
            ConfigurationError(
                "the bytes are not text in UTF-8 (\(problem)\(offset.map { ", at byte \($0)" } ?? ""))",
                stopsCentrifugo: true
            )
        default: ConfigurationError("this is not YAML", stopsCentrifugo: true)
        }
    }

    private static func value(of node: Node, depth: Int, nodes: inout Int) throws -> ConfigurationValue {
        nodes += 1
        guard depth < deepest, nodes < mostNodes else {
            throw ConfigurationError("it nests too deep, or its aliases expand too much", line: node.mark?.line)
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar)
        case .alias: return .null
        case .sequence(let sequence):
            var elements: [ConfigurationValue] = []
            for element in sequence { elements.append(try value(of: element, depth: depth + 1, nodes: &nodes)) }
            return .list(elements)
        case .mapping(let mapping):
            var members: [String: ConfigurationValue] = [:]
            for (key, node) in mapping {
                guard let name = key.string else {
                    throw ConfigurationError("a key is not a text", line: key.mark?.line, stopsCentrifugo: true)
                }
                let value = try value(of: node, depth: depth + 1, nodes: &nodes)
                // The mapping's own members take precedence over merged ones (yaml.org/type/merge.html).
                if name == "<<" {
                    for case .object(let merged) in value.elements.isEmpty ? [value] : value.elements {
                        members.merge(merged) { own, _ in own }
                    }
                } else {
                    members[name] = value
                }
            }
            return .object(members)
        }
    }

    /// The value of a plain scalar; quoted ones are texts.
    private static func scalar(_ scalar: Node.Scalar) -> ConfigurationValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .flag(true)
        case "false", "False", "FALSE": return .flag(false)
        default: break
        }
        if let integer = integer(text) { return .integer(integer) }
        if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil,
            let number = Double(text)
        {
            return .number(number)
        }
        return .text(text)
    }

    private static func integer(_ text: String) -> Int? {
        let digits = text.replacing("_", with: "")
        let isNegative = digits.hasPrefix("-")
        var rest = Substring(digits)
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        guard rest.first?.isASCII == true, rest.first?.isNumber == true else { return nil }
        let radixes: [(prefix: String, radix: Int)] = [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)]
        var radix = 10
        if let found = radixes.first(where: { rest.hasPrefix($0.prefix) && rest.count > $0.prefix.count }) {
            rest.removeFirst(found.prefix.count)
            radix = found.radix
        }
        return Int((isNegative ? "-" : "") + rest, radix: radix)
    }
}
