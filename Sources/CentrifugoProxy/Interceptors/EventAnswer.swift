/// What a handler answers an event with, as an interceptor sees it that does not ask which.
public protocol EventAnswer: Sendable {
    /// Whether it ends what was to be prolonged: the result of Refresh and SubRefresh that says `expired`.
    var isExpiry: Bool { get }
}

extension EventAnswer {
    /// False: most answers prolong nothing.
    public var isExpiry: Bool { false }
}
