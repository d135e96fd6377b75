import CentrifugoModel
import CentrifugoProxy
import ProxyMessages

/// Reads what a fact's backend answered into the messages; anything unknown in it is thrown.
struct FactBackend {
    let answers: [String: ConfigurationValue]
    let configuration: FactConfiguration
    let now: Int64

    /// The fields of an answer beside its result's own.
    private static let fields: Set = [
        "result", "error", "disconnect", "status", "sleep", "expire_in", "big", "publication_first",
    ]

    /// An answer; nil when the call failed, or came too late.
    ///
    /// - Parameters:
    ///   - event: The event's name.
    ///   - method: The method of an RPC.
    ///   - standard: What is answered where the fact says nothing.
    ///   - read: Makes a result of its fields, with the time at which it expires.
    /// - Returns: The answer.
    /// - Throws: ``NotExpressible`` for content that messages cannot carry.
    func reply<Result>(
        _ event: String,
        method: String? = nil,
        standard: @autoclosure () -> Result,
        read: (ConfigurationValue, Int64) throws -> Result
    ) throws -> Reply<Result>? {
        guard let answer = answers[event] else { return Reply(result: standard()) }
        if answer["http_status"] != nil {
            throw NotExpressible("an HTTP status, and what the configuration makes of it")
        }
        let unknown = Set(answer.members.keys).subtracting(Self.fields)
        guard unknown.isEmpty else { throw NotExpressible("fields of an answer: \(unknown)") }
        if answer["status"] != nil { return nil }
        if let sleep = answer["sleep"]?.number, sleep >= configuration.timeout(of: event, method: method) {
            return nil
        }
        let expires = answer["expire_in"]?.number.map { now + Int64($0) } ?? 0
        return Reply(
            result: try answer["result"].map { try read($0, expires) },
            error: answer["error"].map {
                CentrifugoError(
                    uncheckedCode: Self.code($0),
                    message: $0["message"]?.text ?? "",
                    temporary: $0["temporary"]?.isTrue ?? false
                )
            },
            disconnect: answer["disconnect"].map {
                Disconnect(uncheckedCode: Self.code($0), reason: $0["reason"]?.text ?? "")
            }
        )
    }

    private static func code(_ refusal: ConfigurationValue) -> UInt32 { UInt32(refusal["code"]?.number ?? 0) }

    // MARK: Events

    func connect(data: ConfigurationValue?) throws -> ConnectResponse? {
        let user = data?["user"]?.text ?? "u1"
        let standard = ConnectResult(user: user, meta: #"{"m":1}"#)
        return try reply("Connect", standard: standard) { fields, expires in
            try fields.allow("user", "channels", "subs", "info", "meta", "caps")
            return ConnectResult(
                user: fields["user"]?.text ?? "",
                expireAt: expires,
                info: fields.payload("info"),
                channels: fields["channels"]?.elements.compactMap(\.text) ?? [],
                subs: try fields["subs"]?.members.mapValues {
                    try $0.allow("info")
                    return SubscribeOptions(info: $0.payload("info"))
                } ?? [:],
                meta: fields.payload("meta")
            )
        }
    }

    func refresh() throws -> RefreshResponse? {
        try reply("Refresh", standard: .prolonged(until: now + 3_600)) { fields, expires in
            try fields.allow("expired", "meta")
            return RefreshResult(
                expired: fields["expired"]?.isTrue ?? false,
                expireAt: expires,
                meta: fields.payload("meta")
            )
        }
    }

    func subRefresh() throws -> SubRefreshResponse? {
        try reply("SubRefresh", standard: .prolonged(until: now + 3_600)) { fields, expires in
            try fields.allow("expired")
            return SubRefreshResult(expired: fields["expired"]?.isTrue ?? false, expireAt: expires)
        }
    }

    func subscribe(_ event: String = "Subscribe") throws -> SubscribeResponse? {
        try reply(event, standard: SubscribeResult()) { fields, expires in
            try fields.allow("override", "allow")
            let override = try fields["override"].map { override in
                try override.allow(
                    "presence",
                    "join_leave",
                    "force_push_join_leave",
                    "force_recovery",
                    "force_positioning"
                )
                return SubscribeOptionOverride(
                    presence: override["presence"]?["value"]?.isTrue,
                    joinLeave: override["join_leave"]?["value"]?.isTrue,
                    forceRecovery: override["force_recovery"]?["value"]?.isTrue,
                    forcePositioning: override["force_positioning"]?["value"]?.isTrue,
                    forcePushJoinLeave: override["force_push_join_leave"]?["value"]?.isTrue
                )
            }
            let allow = fields["allow"]?.elements.compactMap(\.text) ?? []
            return SubscribeResult(expireAt: expires, override: override, allow: allow)
        }
    }

    /// The first message of a stream.
    func stream(_ event: String) throws -> StreamSubscribeResponse? {
        if answers[event]?["publication_first"] != nil { return StreamSubscribeResponse(publication: Publication()) }
        return try subscribe(event).map { StreamSubscribeResponse(subscribeResponse: $0) }
    }

    func publish() throws -> PublishResponse? {
        try reply("Publish", standard: PublishResult(data: .empty)) { fields, _ in
            try fields.allow("data", "b64data", "tags", "skip_history")
            return PublishResult(
                data: fields.payload("data"),
                skipHistory: fields["skip_history"]?.isTrue ?? false,
                tags: fields["tags"]?.members.compactMapValues(\.text) ?? [:]
            ).with { $0.b64data = fields["b64data"]?.text ?? "" }
        }
    }

    func rpc(method: String?) throws -> RPCResponse? {
        let standard = RPCResult(data: .bytes(Array(#"{"ok":true}"#.utf8)))
        return try reply("RPC", method: method, standard: standard) { fields, _ in
            try fields.allow("data", "b64data")
            if let size = answers["RPC"]?["big"]?.number {
                let quote = UInt8(ascii: "\"")
                return RPCResult(data: .bytes([quote] + Array(repeating: 0x61, count: Int(size) - 2) + [quote]))
            }
            return RPCResult(data: fields.payload("data")).with { $0.b64data = fields["b64data"]?.text ?? "" }
        }
    }

    func mapPublish() throws -> MapPublishResponse? {
        try reply("MapPublish", standard: MapPublishResult(key: "")) { fields, _ in
            try fields.allow()
            return MapPublishResult(key: "")
        }
    }

    func mapRemove() throws -> MapRemoveResponse? {
        try reply("MapRemove", standard: MapRemoveResult(key: "")) { fields, _ in
            try fields.allow()
            return MapRemoveResult(key: "")
        }
    }
}

extension ConfigurationValue {
    /// Throws for a member that nobody here reads.
    fileprivate func allow(_ keys: String...) throws {
        let unknown = Set(members.keys).subtracting(keys)
        guard unknown.isEmpty else { throw NotExpressible("fields of a result: \(unknown)") }
    }

    fileprivate func payload(_ key: String) -> Payload {
        .bytes(self[key]?.sentBytes ?? [])
    }
}
