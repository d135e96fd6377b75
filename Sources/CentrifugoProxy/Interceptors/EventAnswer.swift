/// The answer to an event, for interceptors of any event.
public protocol EventAnswer: Sendable {
    /// Whether the answer ends a connection or subscription instead of extending it: `expired` in Refresh and
    /// SubRefresh.
    var isExpiry: Bool { get }

    /// The id of the user that the handler found, empty for an anonymous one; nil in all events but Connect.
    ///
    /// Only Connect's answer says who the user is: for all other events, Centrifugo says it in the request
    /// (``EventRequest/userID``).
    var userID: String? { get }
}

extension EventAnswer {
    /// False: most answers extend nothing.
    public var isExpiry: Bool { false }

    /// Nil: only Connect's answer names the user.
    public var userID: String? { nil }
}
