import ProxyMessages

/// A method of a service that every gRPC server has: health or reflection.
///
/// It is served on the event loop, by no handler's actor, and does not count among the calls that are shed.
struct BuiltInMethod: Sendable {
    /// How many requests a call has.
    enum Requests {
        /// One, behind which the peer ends its side.
        case one
        /// As many as the peer likes; each is answered as it comes.
        case many
    }

    /// The `:path` of the method's calls.
    let path: String
    let requests: Requests
    /// Whether calls need the shared secret, if there is one.
    let needsSecret: Bool
    /// Takes a request; what it throws ends the stream.
    let answer: @Sendable (_ request: [UInt8], _ stream: BuiltInStream) throws -> Void

    init<Request: WireMessage>(
        _ path: String,
        requests: Requests,
        needsSecret: Bool,
        answer: @escaping @Sendable (Request, BuiltInStream) throws -> Void
    ) {
        self.path = path
        self.requests = requests
        self.needsSecret = needsSecret
        self.answer = { try answer(Request(wireBytes: $0), $1) }
    }
}
