import ProxyLogging
public import ProxyMessages

extension RefreshResult {
    /// Extends the connection by a time from now on, a second at least; it ends at a whole second.
    ///
    /// - Parameters:
    ///   - time: How long.
    ///   - info: Replaces the connection's info when not empty.
    /// - Returns: The result to answer with.
    public static func prolonged(for time: Duration, info: Payload = .empty) -> RefreshResult {
        .prolonged(until: .unixTime(after: time), info: info)
    }
}

extension SubRefreshResult {
    /// Extends the subscription by a time from now on, a second at least; it ends at a whole second.
    ///
    /// - Parameters:
    ///   - time: How long.
    ///   - info: Replaces the subscription's info when not empty.
    /// - Returns: The result to answer with.
    public static func prolonged(for time: Duration, info: Payload = .empty) -> SubRefreshResult {
        .prolonged(until: .unixTime(after: time), info: info)
    }
}

extension ConnectResult {
    /// This result for a connection that has to be refreshed after a time from now on, a second at least.
    public func expiring(in time: Duration) -> ConnectResult {
        with { $0.expireAt = .unixTime(after: time) }
    }
}

extension SubscribeResult {
    /// This result for a subscription that has to be refreshed after a time from now on, a second at least.
    public func expiring(in time: Duration) -> SubscribeResult {
        with { $0.expireAt = .unixTime(after: time) }
    }
}

extension SubscribeOptions {
    /// These options for a subscription that has to be refreshed after a time from now on, a second at least.
    public func expiring(in time: Duration) -> SubscribeOptions {
        with { $0.expireAt = .unixTime(after: time) }
    }
}

extension Int64 {
    /// Unix seconds, some time from now: always in the future, since an expiry in the past would end a client for good.
    static func unixTime(after time: Duration) -> Int64 {
        time.endInUnixSeconds(from: LogClock.now)
    }
}

extension Duration {
    /// More makes no difference: Centrifugo itself checks at the latest after a year.
    private static var longest: Duration { .seconds(10 * 365 * 86_400) }

    /// When the duration is over.
    ///
    /// - Parameter now: When it begins, in nanoseconds since 1970.
    /// - Returns: The first whole second after that, in unix time.
    func endInUnixSeconds(from now: Int64) -> Int64 {
        let (seconds, attoseconds) = min(max(self, .seconds(1)), Self.longest).components
        let end = now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        return (end + 999_999_999) / 1_000_000_000
    }
}
