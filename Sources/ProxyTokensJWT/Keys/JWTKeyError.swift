#if JWT
/// Why a key or a key file cannot be used, in one sentence for the operator.
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
