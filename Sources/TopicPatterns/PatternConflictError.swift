/// A pattern would never match, because earlier ones match all its texts.
package struct PatternConflictError: Error {
    private enum Kind {
        case repeated
        /// The earlier one also matches nothing else.
        case equivalent(TopicPattern)
        case covered(by: [TopicPattern])
    }

    private let pattern: TopicPattern
    private let kind: Kind

    init(of pattern: TopicPattern, with takers: [TopicPattern]) {
        self.pattern = pattern
        guard let only = takers.first, takers.count == 1 else {
            kind = .covered(by: takers)
            return
        }
        guard only != pattern else {
            kind = .repeated
            return
        }
        kind = only.variants.allSatisfy { pattern.takes($0) } ? .equivalent(only) : .covered(by: [only])
    }

    /// The sentence for people.
    ///
    /// - Parameters:
    ///   - name: What a pattern is called, such as "topic pattern".
    ///   - texts: What patterns match, such as "channels".
    /// - Returns: The cause and what to change.
    package func sentence(about name: String, texts: String) -> String {
        switch kind {
        case .repeated: "The \(name) \"\(pattern)\" is registered twice; remove one."
        case .equivalent(let earlier):
            "The \(name)s \"\(earlier)\" and \"\(pattern)\" match the same \(texts); remove one."
        case .covered(let earlier):
            "The \(name) \"\(pattern)\" never matches, because earlier ones match all its \(texts): "
                + "\(earlier.map { "\"\($0)\"" }.joined(separator: ", ")); register \"\(pattern)\" first."
        }
    }
}
