#if Tokens
/// Why tokens cannot be stored or looked up, in one sentence for the operator.
public struct TokenStorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of error.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case invalidConfiguration
            case invalidToken
            case unavailable
            case unusableFile
        }

        private let value: Value

        /// A value of the configuration is invalid.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
        /// The token to create is invalid.
        public static let invalidToken = Code(value: .invalidToken)
        /// The storage does not answer, but may do so later.
        public static let unavailable = Code(value: .unavailable)
        /// The file is not a usable database of tokens.
        public static let unusableFile = Code(value: .unusableFile)
    }

    /// The kind of error.
    public let code: Code
    /// A sentence that names the cause and what to change, without any secret.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
#endif
