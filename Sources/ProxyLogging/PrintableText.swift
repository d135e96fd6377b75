extension String {
    /// The text on one line, with those characters escaped that a terminal would interpret or that could forge a log
    /// line: control characters, format characters and line separators.
    ///
    /// For every text of a peer, a client or a server that is logged or printed.
    package var printable: String { escaped { _ in false } }

    /// The same, but with line breaks and tabs unchanged.
    package var printableLines: String { escaped { $0 == "\n" || $0 == "\t" } }

    /// JSON on one line, with what ``printable`` escapes written as JSON escapes.
    ///
    /// JSON itself forbids only the first 32 characters in strings. Outside of strings, only white space can need this.
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

    /// Whether the text is only printable ASCII, like nearly all texts.
    private var isPlain: Bool { utf8.allSatisfy { 0x20...0x7E ~= $0 } }
}

extension Unicode.Scalar {
    /// Whether a terminal may interpret the character instead of showing it.
    var isObeyed: Bool {
        switch properties.generalCategory {
        // Joiners are part of the spelling of words and emoji.
        case .format where value == 0x200C || value == 0x200D: false
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
