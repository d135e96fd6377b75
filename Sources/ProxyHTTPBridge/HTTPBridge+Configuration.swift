#if HTTPBridge
extension HTTPBridge {
    /// Where an ``HTTPBridge`` sends clients' calls, which calls, and with what.
    public struct Configuration: Sendable {
        /// The URL below which all calls go, such as `http://127.0.0.1:8080/api`.
        public var baseURL: String
        /// What clients may call; nothing unless given.
        ///
        /// Each rule is a verb, a colon and a path, as in clients' methods. The verb may be `*` for all of them. In the
        /// path `*` stands for one whole segment that is not empty, and `**` at the end for all segments that are left,
        /// one at least: `get:users/*` allows `get:users/1`, and `get:files/**` allows `get:files/a/b` but not
        /// `get:files`. Rules see the decoded path without its query, and letters' case counts.
        public var allowed: [String]
        /// The names of the call's metadata that become headers of the same name, with all their values.
        ///
        /// Centrifugo fills the metadata from its options `http_headers` and `grpc_metadata`. Names that belong to one
        /// connection or to the body (`connection`, `host`, `content-type`, …) are refused.
        public var forwardedMetadata: [String] = []
        /// Headers of every request, an API key for example.
        public var headers: [String: String] = [:]
        /// The header that carries the user's id, such as `x-centrifugo-user`; none unless given.
        ///
        /// Requests of anonymous users go without it.
        public var userHeader: String?
        /// The header that carries the id of the client's connection, such as `x-centrifugo-client`; none unless given.
        public var clientHeader: String?
        /// How long a call may take; never longer than Centrifugo waits, less a margin for the way back.
        public var timeout: Duration = .seconds(5)
        /// How many connections to the upstream there may be; calls wait for a free one.
        public var maxConnections = 32
        /// The largest request in bytes: path, query and body together.
        public var maxRequestSize = 1 << 20
        /// The largest answer in bytes, counted while it is read.
        public var maxAnswerSize = 1 << 20

        /// Makes a configuration; what is left out is at its default.
        public init(baseURL: String, allowed: [String] = []) {
            self.baseURL = baseURL
            self.allowed = allowed
        }
    }
}

extension HTTPBridge.Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The rules and the names of headers; values are often secrets, and descriptions end in logs.
    public var description: String {
        "HTTPBridge.Configuration(allowed: \(allowed), headers: \(headers.keys.sorted()))"
    }
    /// The description.
    public var debugDescription: String { description }
    /// Shows the description only.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
#endif
