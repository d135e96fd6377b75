import CentrifugoProxy
import Foundation
import Yams

extension Policy {
    /// Reads a policy file.
    ///
    /// - Parameter path: The YAML file.
    /// - Throws: ``PolicyError``, with a sentence that names the file, the line, the key and what to change.
    package init(file path: String) throws {
        guard !path.isEmpty else {
            throw PolicyError("The policy file's name is empty; give one, or leave it out for the starter rules.")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw PolicyError("\(path) is a folder; name a file in it.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PolicyError("\(path) cannot be read; check that it exists and that this process may read it.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw PolicyError("\(path) is not UTF-8 text; save it in that encoding.")
        }
        try self.init(yaml: text, name: path)
    }

    /// Reads a policy.
    ///
    /// - Parameters:
    ///   - text: The YAML text.
    ///   - name: The text's name in errors.
    /// - Throws: ``PolicyError``.
    package init(yaml text: String, name: String) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text, Self.resolver)
        } catch let error as YamlError {
            throw PolicyError(Self.sentence(for: error, name: name))
        }
        guard let root else { throw PolicyError("\(name) is empty; it needs at least one section.") }
        guard root.mapping != nil else {
            throw PolicyError("\(name) has no sections; it begins with a key and a colon.")
        }
        do {
            try PlaceholderCheck.run(root)
            self = try YAMLDecoder().decode(Policy.self, from: root)
        } catch let error as DecodingError {
            throw PolicyError(Self.sentence(for: error, in: root, name: name))
        }
    }

    /// Resolves only merge keys: the decoding code knows the types of values, and Yams resolves each time that a key is
    /// read.
    static let resolver = Resolver.basic.appending(.merge)

    private static func sentence(for error: YamlError, name: String) -> String {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = [context?.text, problem].compactMap { $0 }.joined(separator: " ")
            return
                "\(name):\(mark.line): This is not YAML (\(reason)); indent with spaces, close what is open, and put "
                + "text with special characters in quotation marks."
        case .duplicatedKeysInMapping(let keys, let context):
            return
                "\(name):\(context.mark.line): \(keys.sorted().joined(separator: ", ")) is repeated; remove one."
        default: return "\(name) is not YAML: \("\(error)".split(separator: "\n").first ?? "it cannot be read")."
        }
    }

    private static func sentence(for error: DecodingError, in root: Node, name: String) -> String {
        let (path, text): ([any CodingKey], String) =
            switch error {
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            case .typeMismatch(let type, let context): (context.codingPath, "should be \(words(for: type))")
            case .valueNotFound(let type, let context):
                (context.codingPath, "is empty; it should be \(words(for: type))")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            @unknown default: ([], "\(error)")
            }
        let line = root.line(of: path).map { ":\($0)" } ?? ""
        let key = path.isEmpty ? "" : "\(keyPath(path)) "
        return "\(name)\(line): \(key)\(text.hasSuffix(".") ? String(text.dropLast()) : text)."
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Int.Type: "a whole number"
        case is Bool.Type: "true or false"
        case is Node.Scalar.Type: "one value, not a list or a section"
        case is Node.Sequence.Type: "a list, each item after a dash"
        default: "a section with keys of its own"
        }
    }

    /// A path as `topics[2].publish`.
    private static func keyPath(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}

extension Node {
    /// The line of a key, or of the deepest part of its path that exists.
    fileprivate func line(of path: [any CodingKey]) -> Int? {
        var node = self
        var line = mark?.line
        for key in path {
            if let index = key.intValue, let sequence = node.sequence, sequence.indices.contains(index) {
                node = sequence[index]
                line = node.mark?.line ?? line
            } else if let pair = node.mapping?.first(where: { $0.key.string == key.stringValue }) {
                node = pair.value
                line = pair.key.mark?.line ?? line
            } else {
                break
            }
        }
        return line
    }
}
