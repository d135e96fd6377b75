import ProxyMessages

/// A method of a built-in service: health or reflection.
///
/// It runs on the event loop, not on a handler's actor, and the limit on concurrent calls does not apply to it.
struct BuiltInMethod: Sendable {
    /// How many requests a call may have.
    enum Requests {
        /// One; then the peer ends its side.
        case one
        /// Any number; each is answered as it arrives.
        case many
    }

    /// The `:path` of the method's calls.
    let path: String
    let requests: Requests
    /// Whether calls need the shared secret, if there is one.
    let needsSecret: Bool
    /// Answers a request; a thrown error ends the stream.
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
