/// The options of a channel's namespace that affect the outcome of an answer, with Centrifugo's defaults.
public struct ChannelOptions: Sendable, Hashable {
    /// Whether Centrifugo stores the subscribers, `presence`; without it clients cannot ask, whatever an answer
    /// overrides.
    public var presence: Bool
    /// Whether there are join and leave messages, `join_leave`.
    public var joinLeave: Bool
    /// Whether they are sent to the subscribers, `force_push_join_leave`.
    public var forcePushJoinLeave: Bool
    /// Whether every subscription recovers what it missed, `force_recovery`; a stream never does.
    public var forceRecovery: Bool
    /// Whether every subscription has a position, `force_positioning`; a stream never has.
    public var forcePositioning: Bool
    /// Whether a pattern defines the allowed channels, `channel_regex`, in place of the rule that they are ASCII.
    public var hasChannelPattern: Bool

    /// Makes options; omitted ones are off, as in Centrifugo.
    public init(
        presence: Bool = false,
        joinLeave: Bool = false,
        forcePushJoinLeave: Bool = false,
        forceRecovery: Bool = false,
        forcePositioning: Bool = false,
        hasChannelPattern: Bool = false
    ) {
        self.presence = presence
        self.joinLeave = joinLeave
        self.forcePushJoinLeave = forcePushJoinLeave
        self.forceRecovery = forceRecovery
        self.forcePositioning = forcePositioning
        self.hasChannelPattern = hasChannelPattern
    }
}

/// A feature of a subscription, in addition to its publications.
public enum SubscriptionFeature: Sendable, Hashable, CaseIterable {
    /// The client is listed in the channel's presence.
    case presence
    /// The client receives the channel's join and leave messages, and causes them.
    case joinLeave
    /// The client receives its position in the channel.
    case positioning
    /// The client recovers missed publications.
    case recovery
}
