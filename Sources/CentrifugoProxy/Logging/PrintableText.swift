extension String {
    /// The text in one line, with the characters escaped that a terminal would obey or that would forge a line of a log:
    /// control and format characters, and what separates lines.
    ///
    /// For every text of a peer, a client or a server that is logged or shown.
    package var printable: String { escaped { _ in false } }

    /// The same, but line breaks and tabs stay.
    package var printableLines: String { escaped { $0 == "\n" || $0 == "\t" } }

    /// JSON in one line, with what ``printable`` escapes escaped as JSON has it.
    ///
    /// JSON itself forbids only the first 32 in strings. Outside of strings there is none of them but white space.
    package var printableJSON: String {
        guard !isPlain else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.isObeyed, scalar != "\n", scalar != "\t" else { return text.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
            }
        }
    }

    private func escaped(but mayStay: (Unicode.Scalar) -> Bool) -> String {
        guard !isPlain else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard scalar.isObeyed, !mayStay(scalar) else { return text.unicodeScalars.append(scalar) }
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
    }

    /// Whether there is nothing but printable ASCII, as in nearly all texts.
    private var isPlain: Bool { utf8.allSatisfy { 0x20...0x7E ~= $0 } }
}

extension Unicode.Scalar {
    /// Whether a terminal may obey it instead of showing it.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        // Joiners are part of how words and emoji are written.
        case .format where value == 0x200C || value == 0x200D: false
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
