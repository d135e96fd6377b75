/// A mistake in topics, in one sentence that names the pattern, the place and the mend.
///
/// Patterns and registrations throw it at start. ``TopicPattern/channel(_:)`` throws it for values that do not fit; out of
/// a handler it fails the call, and no client sees its text.
public struct TopicError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case invalidPattern
            case conflict
            case unknownParameter
            case invalidValue
        }

        private let value: Value

        /// A pattern cannot be read.
        public static let invalidPattern = Code(value: .invalidPattern)
        /// A pattern would never match, because one registered before takes all its channels.
        public static let conflict = Code(value: .conflict)
        /// A parameter is asked for or given that the pattern does not have, or is missing.
        public static let unknownParameter = Code(value: .unknownParameter)
        /// A value does not fit its parameter, or would make a channel that reads differently.
        public static let invalidValue = Code(value: .invalidValue)
    }

    /// What went wrong.
    public let code: Code
    /// A sentence that names the thing and the mend.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
