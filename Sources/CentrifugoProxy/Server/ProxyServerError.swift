/// A reason why a server cannot run, in one sentence for whoever started it.
public struct ProxyServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
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
        /// The address cannot be listened on.
        public static let bindFailed = Code(value: .bindFailed)
        /// A certificate or key file cannot be used.
        public static let badCertificate = Code(value: .badCertificate)
        /// A value of the configuration makes no sense.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
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
