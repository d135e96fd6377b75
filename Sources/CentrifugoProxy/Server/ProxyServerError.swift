/// Why a server cannot run, in one sentence for its operator.
public struct ProxyServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of error.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case addressInUse
            case bindFailed
            case badCertificate
            case invalidConfiguration
        }

        private let value: Value

        /// Another process listens on the address.
        public static let addressInUse = Code(value: .addressInUse)
        /// The server cannot listen on the address.
        public static let bindFailed = Code(value: .bindFailed)
        /// A certificate or key file cannot be used.
        public static let badCertificate = Code(value: .badCertificate)
        /// A value of the configuration is out of its range.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
    }

    /// The kind of error.
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
