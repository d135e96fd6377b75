import Logging

/// What a call is about, as far as its request says it, for a log.
struct CallSubject: Sendable {
    private let target: String?
    private let user: String?

    init(_ request: some EventRequest) {
        target = request.target?.shortened
        user = request.userID?.shortened
    }

    /// The bytes that it keeps, beside its own.
    var byteCount: Int { (target?.utf8.count ?? 0) + (user?.utf8.count ?? 0) }

    /// Method or channel, and the user.
    func metadata(of event: ProxyEvent) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let target { metadata[Self.key(ofTargetOf: event)] = "\(target)" }
        if let user { metadata["user"] = "\(user)" }
        return metadata
    }

    /// What lines call the target of an event.
    static func key(ofTargetOf event: ProxyEvent) -> String { event == .rpc ? "method" : "channel" }
}

extension String {
    // Longer names are cut in lines of a log: a client chooses them.
    private static let longest = 200

    /// A client's text for a log: it may be as long as it likes.
    var shortened: String {
        // Bytes are counted without a look at each character.
        guard utf8.count > Self.longest, unicodeScalars.count > Self.longest else { return self }
        return String(unicodeScalars.prefix(Self.longest)) + "…"
    }
}
