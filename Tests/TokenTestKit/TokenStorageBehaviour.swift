#if Tokens
package import ProxyTokens

/// Something that every storage of tokens does; a test's row.
package struct TokenStorageBehaviour: Sendable, CustomStringConvertible {
    /// What the storage does, as the end of a sentence.
    package let description: String
    /// Checks it on a storage that no other test uses, with the given clock.
    package let check: @Sendable (any TokenStorage, SettableClock) async throws -> Void

    init(_ description: String, check: @escaping @Sendable (any TokenStorage, SettableClock) async throws -> Void) {
        self.description = description
        self.check = check
    }
}

/// What a storage did not do.
package struct Violation: Error, CustomStringConvertible {
    package let description: String
}

func require(_ isTrue: Bool, _ sentence: @autoclosure () -> String, line: Int = #line) throws {
    guard isTrue else { throw Violation(description: "\(sentence()) (line \(line))") }
}

func requireEqual<Value: Equatable>(_ found: Value, _ expected: Value, line: Int = #line) throws {
    try require(found == expected, "found \(found), expected \(expected)", line: line)
}
#endif
