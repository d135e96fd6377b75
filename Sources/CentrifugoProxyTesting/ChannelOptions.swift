/// The options of a channel's namespace that decide what becomes of an answer, with Centrifugo's defaults.
public struct ChannelOptions: Sendable, Hashable {
    /// Whether Centrifugo keeps who is subscribed, `presence`; without it nobody can ask, whatever an answer overrides.
    public var presence: Bool
    /// Whether there are join and leave messages, `join_leave`.
    public var joinLeave: Bool
    /// Whether they are sent to the subscribers, `force_push_join_leave`.
    public var forcePushJoinLeave: Bool
    /// Whether every subscription recovers what it missed, `force_recovery`; a stream never does.
    public var forceRecovery: Bool
    /// Whether every subscription has a position, `force_positioning`; a stream never has.
    public var forcePositioning: Bool
    /// Whether a pattern says what channels may be, `channel_regex`, in place of the rule that they are ASCII.
    public var hasChannelPattern: Bool

    /// Makes options; what is left out is off, as in Centrifugo.
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

/// What a subscription has beside its publications.
public enum SubscriptionFeature: Sendable, Hashable, CaseIterable {
    /// The client is listed in the channel's presence.
    case presence
    /// The client receives the join and leave messages of the channel, and is in them.
    case joinLeave
    /// The client is told its position in the channel.
    case positioning
    /// The client recovers what it missed.
    case recovery
}
