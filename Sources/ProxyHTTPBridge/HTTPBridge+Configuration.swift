#if HTTPBridge
extension HTTPBridge {
    /// Which of the clients' calls an ``HTTPBridge`` passes on, where it sends them, and with which headers.
    public struct Configuration: Sendable {
        /// The URL that all calls start with, such as `http://127.0.0.1:8080/api`.
        public var baseURL: String
        /// The calls that clients may make; none by default.
        ///
        /// Each rule is a verb, a colon and a path, as in clients' methods. The verb may be `*` for all verbs. In the
        /// path, `*` stands for exactly one non-empty segment, and `**` at the end for one or more remaining segments:
        /// `get:users/*` allows `get:users/1`, and `get:files/**` allows `get:files/a/b` but not `get:files`. Rules
        /// match the decoded path without its query, and are case-sensitive.
        public var allowed: [String]
        /// The names of call metadata that become headers of the same name, with all their values.
        ///
        /// Centrifugo fills the metadata from its options `http_headers` and `grpc_metadata`. Names that belong to one
        /// connection or to the body (`connection`, `host`, `content-type`, …) are refused.
        public var forwardedMetadata: [String] = []
        /// Headers of every request, an API key for example.
        public var headers: [String: String] = [:]
        /// The header for the user's id, such as `x-centrifugo-user`; none by default.
        ///
        /// Requests of anonymous users go without it.
        public var userHeader: String?
        /// The header for the id of the client's connection, such as `x-centrifugo-client`; none by default.
        public var clientHeader: String?
        /// How long a call may take; never longer than Centrifugo waits, minus a margin for the answer's way back.
        public var timeout: Duration = .seconds(5)
        /// The most connections to the upstream; calls wait for a free one.
        public var maxConnections = 32
        /// The largest request in bytes: path, query and body together.
        public var maxRequestSize = 1 << 20
        /// The largest answer in bytes; counted while it arrives.
        public var maxAnswerSize = 1 << 20

        /// Makes a configuration; omitted values have their defaults.
        public init(baseURL: String, allowed: [String] = []) {
            self.baseURL = baseURL
            self.allowed = allowed
        }
    }
}

extension HTTPBridge.Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The rules and the names of headers; values are often secrets, and descriptions end up in logs.
    public var description: String {
        "HTTPBridge.Configuration(allowed: \(allowed), headers: \(headers.keys.sorted()))"
    }
    /// The description.
    public var debugDescription: String { description }
    /// Shows only the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
#endif
