import Logging

/// Who asks for what, for log lines and spans: a client's texts, cut to a length suitable for these.
struct CallSubject: Sendable {
    /// The method or the channel.
    let target: String?
    private(set) var user: String?
    let client: String?

    init(_ request: some EventRequest) {
        target = request.target?.shortened
        user = request.userID?.shortened
        client = request.clientID?.shortened
    }

    /// The bytes that its texts take.
    var byteCount: Int { [target, user, client].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }

    /// The handler has found out who the user is.
    mutating func found(user: String) {
        self.user = user.shortened
    }

    /// Method or channel, and the user.
    func metadata(of event: ProxyEvent) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let target { metadata["\(Self.key(ofTargetOf: event))"] = "\(target)" }
        if let user { metadata["user"] = "\(user)" }
        return metadata
    }

    /// The name of the field with an event's method or channel.
    static func key(ofTargetOf event: ProxyEvent) -> StaticString { event == .rpc ? "method" : "channel" }
}

extension String {
    // Clients choose their names, so log lines cut longer ones.
    private static let longest = 200

    /// The text of a client, cut for a log line: it may have any length.
    fileprivate var shortened: String {
        // Counting bytes first avoids a pass over the characters.
        guard utf8.count > Self.longest, unicodeScalars.count > Self.longest else { return self }
        return String(unicodeScalars.prefix(Self.longest)) + "…"
    }
}
