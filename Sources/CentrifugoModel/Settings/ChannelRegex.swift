/// A regular expression for channels' names, as Go's `regexp` has them.
struct ChannelRegex {
    private let regex: Regex<AnyRegexOutput>

    /// Reads an expression; nil when Go would not.
    init?(_ pattern: String) {
        // RE2 has neither look-around nor back-references.
        guard !pattern.contains(/\(\?<?[=!]|\\[1-9]/), let regex = try? Regex(pattern) else { return nil }
        self.regex = regex
    }

    /// Whether the expression is found anywhere in a text.
    func matches(_ text: String) -> Bool {
        ((try? regex.firstMatch(in: text)) ?? nil) != nil
    }
}
