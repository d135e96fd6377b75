extension String {
    /// The text with its control characters escaped, which a terminal would obey otherwise.
    package var printable: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// JSON in one line, with the control characters escaped that JSON itself lets pass in strings: DEL, and those above
    /// ASCII (C1).
    var printableJSON: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            if 0x7F...0x9F ~= scalar.value {
                text += "\\u00\(String(scalar.value, radix: 16))"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
