extension JSONValue {
    /// The value as a JSON text.
    ///
    /// - Throws: `PayloadError` for a value that is nested deeper than readers accept.
    func text() throws(PayloadError) -> [UInt8] {
        var text: [UInt8] = []
        try write(to: &text, depth: 0)
        return text
    }

    private func write(to text: inout [UInt8], depth: Int) throws(PayloadError) {
        switch self {
        case .null: text += "null".utf8
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .number(let number): text += number.text.utf8
        case .string(let string): text += JSONSyntax.quoted(string)
        case .array(let elements):
            try Self.checkDepth(depth)
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                try element.write(to: &text, depth: depth + 1)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            try Self.checkDepth(depth)
            text.append(UInt8(ascii: "{"))
            for (index, (name, member)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text += JSONSyntax.quoted(name)
                text.append(UInt8(ascii: ":"))
                try member.write(to: &text, depth: depth + 1)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func checkDepth(_ depth: Int) throws(PayloadError) {
        guard depth < JSONSyntax.deepest else {
            throw PayloadError(description: "the answer is nested deeper than \(JSONSyntax.deepest) levels")
        }
    }
}
