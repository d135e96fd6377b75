import ProtobufWire
import ProxyMessages
import Testing

/// Hand-made bytes, where protobuf's rules are not seen in what writers write.
@Suite("Decoding")
struct DecodingTests {
    @Test("takes the last of two scalars and all elements of a list")
    func duplicates() throws {
        let bytes: [UInt8] = [0x0A, 0x01, 0x61, 0x72, 0x01, 0x31, 0x0A, 0x01, 0x62, 0x72, 0x00, 0x72, 0x01, 0x32]
        let request = try ConnectRequest(wireBytes: bytes)
        #expect(request == ConnectRequest(client: "b", channels: ["1", "", "2"]))
        // A repeated scalar with its default resets the field.
        #expect(try ConnectRequest(wireBytes: bytes + [0x0A, 0x00]).client.isEmpty)
        #expect(try RefreshResult(wireBytes: [0x08, 0x01, 0x08, 0x00]) == RefreshResult())
    }

    @Test("merges the pieces of a message")
    func merging() throws {
        // subscribe_request {client: "a", labels {"k": "1"}}, then {user: "u", labels {"k": "2"}}, then an empty one.
        let first: [UInt8] = [0x0A, 0x01, 0x61, 0x82, 0x01, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x31]
        let second: [UInt8] = [0x52, 0x01, 0x75, 0x82, 0x01, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x32]
        let pieces = [first, second, []].flatMap { (piece: [UInt8]) -> [UInt8] in [0x0A, UInt8(piece.count)] + piece }
        let request = try StreamSubscribeRequest(wireBytes: pieces)
        #expect(request.subscribeRequest == SubscribeRequest(client: "a", user: "u", labels: ["k": "2"]))
        // presence {value: true}, then an empty one: still true.
        #expect(try SubscribeOptionOverride(wireBytes: [0x0A, 0x02, 0x08, 0x01, 0x0A, 0x00]).presence == true)
        #expect(
            try SubscribeOptionOverride(wireBytes: [0x0A, 0x02, 0x08, 0x01, 0x0A, 0x02, 0x08, 0x00]).presence == false
        )
    }

    @Test("distinguishes an absent message from an empty one")
    func presence() throws {
        #expect(try ConnectResponse(wireBytes: [] as [UInt8]).result == nil)
        #expect(try ConnectResponse(wireBytes: [0x0A, 0x00]).result == ConnectResult())
        #expect(try SubscribeOptionOverride(wireBytes: [] as [UInt8]).presence == nil)
        #expect(try SubscribeOptionOverride(wireBytes: [0x0A, 0x00]).presence == false)
        #expect(ConnectResponse(result: ConnectResult()).wireBytes() == [0x0A, 0x00])
        #expect(SubscribeOptionOverride(presence: false).wireBytes() == [0x0A, 0x00])
    }

    @Test(
        "accepts map entries with their parts missing, repeated, in any order, or among unknown fields",
        arguments: [
            ([], ["": ""]),
            ([0x0A, 0x01, 0x6B], ["k": ""]),
            ([0x12, 0x01, 0x76], ["": "v"]),
            ([0x12, 0x01, 0x76, 0x0A, 0x01, 0x6B], ["k": "v"]),
            ([0x0A, 0x01, 0x78, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x76], ["k": "v"]),
            ([0x18, 0x05, 0x0A, 0x01, 0x6B, 0x23, 0x24, 0x12, 0x01, 0x76, 0x08, 0x01], ["k": "v"]),
        ] as [([UInt8], [String: String])]
    )
    func mapEntries(entry: [UInt8], expected: [String: String]) throws {
        let bytes = [0x3A, UInt8(entry.count)] + entry
        #expect(try Publication(wireBytes: bytes) == Publication(tags: expected))
    }

    @Test("keeps a value under the key that it came with, even if an earlier key only looks the same")
    func lookAlikeKeys() throws {
        // tags {"K": "1"}, then {"\u{212A}": "2"}, the Kelvin sign: one key for a Swift dictionary.
        let first: [UInt8] = [0x3A, 0x06, 0x0A, 0x01, 0x4B, 0x12, 0x01, 0x31]
        let second: [UInt8] = [0x3A, 0x08, 0x0A, 0x03, 0xE2, 0x84, 0xAA, 0x12, 0x01, 0x32]
        #expect(try Publication(wireBytes: first + second).wireBytes() == second)
        #expect(try Publication(wireBytes: second + first).wireBytes() == first)
        // The same with subs, whose values are messages: {"K": {expire_at: 1}}, then {"\u{212A}": {expire_at: 2}}.
        let letter: [UInt8] = [0x42, 0x07, 0x0A, 0x01, 0x4B, 0x12, 0x02, 0x08, 0x01]
        let sign: [UInt8] = [0x42, 0x09, 0x0A, 0x03, 0xE2, 0x84, 0xAA, 0x12, 0x02, 0x08, 0x02]
        #expect(try ConnectResult(wireBytes: letter + sign).wireBytes() == sign)
        #expect(try ConnectResult(wireBytes: sign + letter).wireBytes() == letter)
    }

    @Test("takes the last of two map entries with one key, and does not merge their messages")
    func duplicateKeys() throws {

        let first: [UInt8] = [0x42, 0x07, 0x0A, 0x01, 0x6B, 0x12, 0x02, 0x08, 0x07]
        let second: [UInt8] = [0x42, 0x07, 0x0A, 0x01, 0x6B, 0x12, 0x02, 0x40, 0x01]
        let empty: [UInt8] = [0x42, 0x03, 0x0A, 0x01, 0x6B]
        #expect(try ConnectResult(wireBytes: first + second).subs == ["k": SubscribeOptions(cacheRecover: true)])
        #expect(try ConnectResult(wireBytes: first + empty).subs == ["k": SubscribeOptions()])
    }

    @Test("treats keys that Swift considers equal as one key")
    func canonicallyEquivalentKeys() throws {
        // protobuf compares bytes; a Swift dictionary compares "é" with "e" and an accent as a reader would.
        let tags = try Publication(
            wireBytes: [
                0x3A, 0x07, 0x0A, 0x02, 0xC3, 0xA9, 0x12, 0x01, 0x31,
                0x3A, 0x08, 0x0A, 0x03, 0x65, 0xCC, 0x81, 0x12, 0x01, 0x32,
            ]
        ).tags
        #expect(tags == ["é": "2"])
    }

    /// Hostile input: groups-too-deep.
    @Test("refuses messages nested more than 100 deep")
    func nesting() throws {
        // A chain of filter nodes; each is in field 6 of the one around it.
        func chain(_ depth: Int) -> FilterNode {
            (0..<depth).reduce(FilterNode(op: "leaf")) { node, _ in FilterNode(nodes: [node]) }
        }
        let hundred = chain(100)
        #expect(try FilterNode(wireBytes: hundred.wireBytes()) == hundred)
        let error = #expect(throws: WireError.self) {
            _ = try FilterNode(wireBytes: chain(101).wireBytes())
        }
        #expect(error?.reason == .nestedTooDeep)
    }

    /// Hostile input: groups-too-deep.
    @Test("refuses a message that claims to be nested without end, and soon")
    func endlessNesting() {
        // Each tag and length opens one more node; the length is what is left, so that nothing else is wrong.
        var bytes: [UInt8] = []
        for _ in 0..<2000 {
            bytes = [0x32] + varint(bytes.count) + bytes
        }
        #expect(throws: WireError.self) {
            _ = try FilterNode(wireBytes: bytes)
        }
    }

    @Test("names the message and the field that are wrong")
    func places() {
        let error = #expect(throws: WireError.self) {
            _ = try StreamSubscribeRequest(wireBytes: [0x0A, 0x03, 0x5A, 0x01, 0xFF])
        }
        #expect(
            error.map { "\($0)" } == """
                StreamSubscribeRequest, field subscribe_request: SubscribeRequest, field channel: \
                a string is not valid UTF-8
                """
        )
    }

    private func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
