import ProxyMessages
import Testing

@Suite("Encoding")
struct EncodingTests {
    @Test("writes map entries in the order of their keys' bytes")
    func mapOrder() {
        let keys = ["", "A", "Z", "a", "aa", "b", "~", "é", "日", "🙂"]
        let tags = Dictionary(uniqueKeysWithValues: keys.reversed().map { ($0, "") })
        let expected = keys.flatMap { key -> [UInt8] in
            let text = Array(key.utf8)
            let entry: [UInt8] = text.isEmpty ? [] : [0x0A, UInt8(text.count)] + text
            return [0x3A, UInt8(entry.count)] + entry
        }
        #expect(Publication(tags: tags).wireBytes() == expected)
        let subs = tags.mapValues { _ in SubscribeOptions() }
        let written = ConnectResult(subs: subs).wireBytes()
        #expect(written == ConnectResult(subs: Dictionary(uniqueKeysWithValues: subs.reversed())).wireBytes())
    }

    @Test("writes nothing for a message without fields")
    func defaults() {
        #expect(ConnectRequest().wireBytes() == [])
        #expect(ConnectResult().wireBytes() == [])
        #expect(ConnectResponse().wireBytes() == [])
        #expect(NotifyChannelStateResult().wireBytes() == [])
    }

    @Test("writes a large message inside others whole")
    func large() throws {
        let response = StreamSubscribeResponse(
            subscribeResponse: SubscribeResponse(
                result: SubscribeResult(data: .bytes([UInt8](repeating: 7, count: 3_000_000)))
            ),
            publication: Publication(data: .text(String(repeating: "x", count: 20_000)), tags: ["a": "b"])
        )
        #expect(try StreamSubscribeResponse(wireBytes: response.wireBytes()) == response)
    }
}
