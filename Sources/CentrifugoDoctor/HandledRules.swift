package import CentrifugoProxy

/// What the server behind Centrifugo handles, to compare it with the configuration.
package struct HandledRules: Sendable {
    /// The events that have a handler; nil when it is not known, and then nothing is compared.
    package var events: Set<ProxyEvent>?
    /// Those of them that need not be switched on: handled just in case.
    package var optionalEvents: Set<ProxyEvent>
    /// The patterns of the channels that rules are for, such as `chat:{room}`.
    package var topics: [String]
    /// Whether connections get a time at which they expire; nil when it is not known.
    package var connectionsExpire: Bool?
    /// Whether subscriptions get a time at which they expire; nil when it is not known.
    package var subscriptionsExpire: Bool?

    package init(
        events: Set<ProxyEvent>? = nil,
        optionalEvents: Set<ProxyEvent> = [],
        topics: [String] = [],
        connectionsExpire: Bool? = nil,
        subscriptionsExpire: Bool? = nil
    ) {
        self.events = events
        self.optionalEvents = optionalEvents
        self.topics = topics
        self.connectionsExpire = connectionsExpire
        self.subscriptionsExpire = subscriptionsExpire
    }
}
