extension RefreshResult {
    /// Ends the connection: the client learns that it has expired, and connects again.
    public static var expired: RefreshResult { RefreshResult(expired: true) }

    /// Extends the connection.
    ///
    /// - Parameters:
    ///   - time: When it expires next, in unix seconds; 0 would close it at once (Centrifugo code 3005).
    ///   - info: Replaces the connection's info when not empty.
    /// - Returns: The result to answer with.
    public static func prolonged(until time: Int64, info: Payload = .empty) -> RefreshResult {
        RefreshResult(expireAt: time, info: info)
    }
}

extension SubRefreshResult {
    /// Ends the subscription.
    public static var expired: SubRefreshResult { SubRefreshResult(expired: true) }

    /// Extends the subscription.
    ///
    /// - Parameters:
    ///   - time: When it expires next, in unix seconds; 0 means never again.
    ///   - info: Replaces the subscription's info when not empty.
    /// - Returns: The result to answer with.
    public static func prolonged(until time: Int64, info: Payload = .empty) -> SubRefreshResult {
        SubRefreshResult(expireAt: time, info: info)
    }
}
