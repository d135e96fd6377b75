#if JWT
/// A key or a file of keys that cannot be used, in one sentence for whoever runs the server.
public struct JWTKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that names the key and what is wrong with it, without the key itself.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
#endif
