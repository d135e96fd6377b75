/// The answer to an event, for interceptors of any event.
public protocol EventAnswer: Sendable {
    /// Whether the answer ends a connection or subscription instead of extending it: `expired` in Refresh and
    /// SubRefresh.
    var isExpiry: Bool { get }
}

extension EventAnswer {
    /// False: most answers extend nothing.
    public var isExpiry: Bool { false }
}
