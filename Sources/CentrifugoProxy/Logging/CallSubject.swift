import Logging

/// The user, and the method or channel, of a call, for log lines.
struct CallSubject: Sendable {
    private let target: String?
    private let user: String?

    init(_ request: some EventRequest) {
        target = request.target?.shortened
        user = request.userID?.shortened
    }

    /// The bytes that its texts take.
    var byteCount: Int { (target?.utf8.count ?? 0) + (user?.utf8.count ?? 0) }

    /// Method or channel, and the user.
    func metadata(of event: ProxyEvent) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let target { metadata[Self.key(ofTargetOf: event)] = "\(target)" }
        if let user { metadata["user"] = "\(user)" }
        return metadata
    }

    /// The metadata key for an event's method or channel.
    static func key(ofTargetOf event: ProxyEvent) -> String { event == .rpc ? "method" : "channel" }
}

extension String {
    // Clients choose their names, so log lines cut longer ones.
    private static let longest = 200

    /// The text of a client, cut for a log line: it may have any length.
    var shortened: String {
        // Counting bytes first avoids a pass over the characters.
        guard utf8.count > Self.longest, unicodeScalars.count > Self.longest else { return self }
        return String(unicodeScalars.prefix(Self.longest)) + "…"
    }
}
