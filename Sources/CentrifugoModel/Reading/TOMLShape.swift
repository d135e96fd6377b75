#if TOML
/// Checks TOML for content that would crash its parser.
enum TOMLShape {
    /// Deeper than any configuration: the parser splits long keys into nested tables, which would overflow the stack.
    private static let mostDots = 200

    static func check(_ text: String) throws(ConfigurationError) {
        var isInText = false
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if !isInText { try check(line, number: index + 1) }
            let quotes = line.ranges(of: "\"\"\"").count + line.ranges(of: "\'\'\'").count
            if !quotes.isMultiple(of: 2) { isInText.toggle() }
        }
    }

    private static func check(_ line: Substring, number: Int) throws(ConfigurationError) {
        let line = line.drop { $0 == " " || $0 == "\t" }
        // The parser asserts that a name begins here. Lists of lists begin the same way, but no option is one.
        if line.hasPrefix("["), line.prefixMatch(of: /\[[ \t]*(\[[ \t]*)?[A-Za-z0-9_\-"'\]]/) == nil {
            throw ConfigurationError(
                "this is not TOML: no name of a table follows the bracket",
                line: number,
                stopsCentrifugo: true
            )
        }
        guard dots(in: line) <= mostDots else {
            throw ConfigurationError("it nests more than \(mostDots) levels deep", line: number)
        }
    }

    /// The number of dots outside quotes.
    private static func dots(in line: Substring) -> Int {
        var quote: UInt8?
        var count = 0
        for byte in line.utf8 {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "#") {
                break
            } else if byte == UInt8(ascii: ".") {
                count += 1
            }
        }
        return count
    }
}
#endif
