#if HTTPBridge
extension HTTPConnectHandler {
    /// The server that an ``HTTPConnectHandler`` asks, and what it sends.
    public struct Configuration: Sendable {
        /// The URL that is asked, such as `http://127.0.0.1:3000/centrifugo/connect`.
        public var url: String
        /// The names of call metadata that become headers of the same name, with all their values: the credentials.
        ///
        /// Centrifugo fills the metadata from its options `http_headers` and `grpc_metadata`. Names that belong to one
        /// connection or to the body (`connection`, `host`, `content-type`, …) are refused.
        public var forwardedMetadata: [String]
        /// Headers of every request, an API key for example.
        public var headers: [String: String] = [:]
        /// How long a call may take; never longer than Centrifugo waits, minus a margin for the answer's way back.
        public var timeout: Duration = .seconds(5)
        /// Whether clients that connect at the same time with the same credentials and the same data share a request.
        ///
        /// It has the `client` of the first of them, so switch this off for a server whose answer depends on that, or
        /// is another one each time. Clients never share one that send none of the headers of ``forwardedMetadata``, or
        /// only those that all clients have: `accept-language`, `origin`, `referer`, `user-agent`, `x-real-ip` and
        /// `x-forwarded-…`.
        public var sharesRequests = true
        /// The most connections to the server; calls wait for a free one.
        public var maxConnections = 32
        /// The largest answer in bytes; counted while it arrives.
        public var maxAnswerSize = 1 << 20

        /// Makes a configuration; omitted values have their defaults.
        public init(url: String, forwardedMetadata: [String] = []) {
            self.url = url
            self.forwardedMetadata = forwardedMetadata
        }
    }
}

extension HTTPConnectHandler.Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of headers; values and URLs are often secrets, and descriptions end up in logs.
    public var description: String {
        "HTTPConnectHandler.Configuration(forwardedMetadata: \(forwardedMetadata), headers: \(headers.keys.sorted()))"
    }
    /// The description.
    public var debugDescription: String { description }
    /// Shows only the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
#endif
