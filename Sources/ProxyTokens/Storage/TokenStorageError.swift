#if Tokens
/// A reason why tokens cannot be kept or told, in one sentence for whoever runs the server.
public struct TokenStorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case invalidConfiguration
            case invalidToken
            case unavailable
            case unusableFile
        }

        private let value: Value

        /// A value of the configuration makes no sense.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
        /// The token to create could not be kept as it is.
        public static let invalidToken = Code(value: .invalidToken)
        /// The storage does not answer; it may later.
        public static let unavailable = Code(value: .unavailable)
        /// The file is not what it should be.
        public static let unusableFile = Code(value: .unusableFile)
    }

    /// What went wrong.
    public let code: Code
    /// A sentence that names the thing and the mend, and no secret.
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
