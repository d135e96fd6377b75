/// A regular expression for channels' names, with the syntax of Go's `regexp`.
struct ChannelRegex {
    private let regex: Regex<AnyRegexOutput>

    /// Compiles an expression; nil when Go would refuse it.
    init?(_ pattern: String) {
        // RE2 has neither lookaround nor back-references.
        guard !pattern.contains(/\(\?<?[=!]|\\[1-9]/), let regex = try? Regex(pattern) else { return nil }
        self.regex = regex
    }

    /// Whether the expression is found anywhere in a text.
    func matches(_ text: String) -> Bool {
        ((try? regex.firstMatch(in: text)) ?? nil) != nil
    }
}
