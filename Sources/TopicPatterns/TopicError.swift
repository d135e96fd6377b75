/// A mistake in topics, in one sentence that names the pattern, the position and what to change.
///
/// Patterns and registrations throw it when the program starts. ``TopicPattern/channel(_:)`` throws it for values that
/// do not fit; if a handler throws it, the call fails, and no client sees its text.
public struct TopicError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of mistake.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case invalidPattern
            case conflict
            case unknownParameter
            case invalidValue
        }

        private let value: Value

        /// A pattern cannot be parsed.
        public static let invalidPattern = Code(value: .invalidPattern)
        /// A pattern would never match, because earlier ones match all its channels.
        public static let conflict = Code(value: .conflict)
        /// A parameter is missing, or the pattern does not have it.
        public static let unknownParameter = Code(value: .unknownParameter)
        /// A value does not fit its parameter, or would make a channel that is read differently.
        public static let invalidValue = Code(value: .invalidValue)
    }

    /// The kind of mistake.
    public let code: Code
    /// A sentence that names the cause and what to change.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
