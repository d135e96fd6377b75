import CentrifugoProxy

/// The handlers' answers, apart from what they echo; the tests expect the same values.
enum Samples {
    static let expireAt: Int64 = 4_102_444_800
    static let meta: Payload = #"{"plan":"pro ✓"}"#
    static let tags = ["tag ✓": "value ✓", "": "empty"]
    static let labels = ["label ✓": "value ✓"]
    static let capabilities = [
        ChannelsCapability(channels: ["a ✓", "b"], allow: ["sub", "pub"], match: "wildcard"),
        ChannelsCapability(channels: ["c"]),
    ]
    static let filter = FilterNode(
        op: "and",
        nodes: [
            FilterNode(key: "ticker ✓", cmp: "in", vals: ["A", "B"]),
            FilterNode(op: "not", nodes: [FilterNode(key: "size", cmp: "gt", val: "10")]),
        ]
    )
    static let override = SubscribeOptionOverride(
        presence: true,
        joinLeave: false,
        forceRecovery: true,
        forcePositioning: false,
        forcePushJoinLeave: true
    )

    /// Text for clients with JSON, where it has to become a string, and bytes that are not text for the others.
    static func payload(encoding: String) -> Payload {
        encoding == "binary" ? .bytes([0x00, 0xFF, 0x80]) : .text(#"Ada ✓ "quoted""#)
    }

    /// An accepted subscription with every field set.
    static func subscription(_ request: SubscribeRequest) throws -> SubscribeResult {
        SubscribeResult(
            expireAt: expireAt,
            info: payload(encoding: request.encoding),
            data: try .json(RequestEcho(request)),
            override: override,
            allow: ["sub", "pub"],
            serverTagsFilter: filter
        )
    }

    /// How many publications a flood has, and the bytes of each one's payload.
    static let floodCount = 1_000
    static let floodSize = 1_000

    /// A JSON string of that many bytes that begins with the number.
    static func numbered(_ number: Int, size: Int) -> Payload {
        let text = "\(number) "
        return .bytes(Array("\"\(text)\(String(repeating: "x", count: max(0, size - text.utf8.count - 2)))\"".utf8))
    }
}
