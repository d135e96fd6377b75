import ProxyMessages

extension SubscribeOptions {
    /// Reads options from Centrifugo's JSON: as its tokens, its HTTP proxies and its server API have them.
    ///
    /// - Throws: ``JSONFieldError`` for a member of a wrong type; unknown members are skipped.
    package init(json fields: JSONFields) throws(JSONFieldError) {
        self.init(
            info: try fields.payload("info", orBase64: "b64info"),
            data: try fields.payload("data", orBase64: "b64data")
        )
        guard let override = try fields.object("override") else { return }
        func flag(_ name: String) throws(JSONFieldError) -> Bool? {
            guard let value = try override.object(name) else { return nil }
            return try value.flag("value") ?? false
        }
        self.override = SubscribeOptionOverride(
            presence: try flag("presence"),
            joinLeave: try flag("join_leave"),
            forceRecovery: try flag("force_recovery"),
            forcePositioning: try flag("force_positioning"),
            forcePushJoinLeave: try flag("force_push_join_leave")
        )
    }

    /// Reads the channels of a member `subs`, with the options of each.
    ///
    /// - Throws: ``JSONFieldError`` for a member of a wrong type.
    package static func subscriptions(
        json fields: JSONFields,
        _ name: String = "subs"
    ) throws(JSONFieldError) -> [String: SubscribeOptions] {
        guard let subs = try fields.object(name) else { return [:] }
        var subscriptions: [String: SubscribeOptions] = [:]
        for channel in subs.names {
            // Centrifugo takes null for the options of the namespace.
            subscriptions[channel] =
                try subs.object(channel).map { options throws(JSONFieldError) in
                    try SubscribeOptions(json: options)
                } ?? SubscribeOptions()
        }
        return subscriptions
    }
}
