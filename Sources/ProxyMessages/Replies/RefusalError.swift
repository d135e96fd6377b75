/// Why an error or a disconnect cannot be made: Centrifugo would not check it, and client SDKs would misbehave.
public struct RefusalError: Error, Hashable, CustomStringConvertible {
    /// A sentence that names the value and what is allowed.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
