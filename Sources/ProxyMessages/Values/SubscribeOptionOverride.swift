package import ProtobufWire

/// Channel options that differ for one subscription; `nil` keeps the channel's configured value.
public struct SubscribeOptionOverride: Sendable, Equatable {
    /// Whether the client appears in the channel's presence.
    ///
    /// Clients can ask for it only where the channel's namespace has the option `presence`, and get error 108 elsewhere.
    public var presence: Bool?
    /// Whether the client's joining and leaving are announced to clients with ``forcePushJoinLeave``.
    public var joinLeave: Bool?
    /// Whether publications missed during a reconnect are recovered, if the channel's namespace still has them.
    ///
    /// Stream subscriptions recover nothing.
    public var forceRecovery: Bool?
    /// Whether Centrifugo checks the client's position in the stream for lost publications.
    public var forcePositioning: Bool?
    /// Whether the client receives the joins and leaves of clients with ``joinLeave``.
    public var forcePushJoinLeave: Bool?

    /// Makes an override; omitted values have their defaults.
    public init(
        presence: Bool? = nil,
        joinLeave: Bool? = nil,
        forceRecovery: Bool? = nil,
        forcePositioning: Bool? = nil,
        forcePushJoinLeave: Bool? = nil
    ) {
        self.presence = presence
        self.joinLeave = joinLeave
        self.forceRecovery = forceRecovery
        self.forcePositioning = forcePositioning
        self.forcePushJoinLeave = forcePushJoinLeave
    }
}

extension SubscribeOptionOverride: WireMessage {
    package static var wireName: StaticString { "SubscribeOptionOverride" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&presence, "presence")
        case 2: try reader.read(&joinLeave, "join_leave")
        case 3: try reader.read(&forceRecovery, "force_recovery")
        case 4: try reader.read(&forcePositioning, "force_positioning")
        case 5: try reader.read(&forcePushJoinLeave, "force_push_join_leave")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(presence, field: 1)
        writer.write(joinLeave, field: 2)
        writer.write(forceRecovery, field: 3)
        writer.write(forcePositioning, field: 4)
        writer.write(forcePushJoinLeave, field: 5)
    }
}
