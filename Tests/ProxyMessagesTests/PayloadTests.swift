import ProxyMessages
import Testing

@Suite("Payload")
struct PayloadTests {
    @Test("is equal to another one with the same bytes, whatever its kind")
    func equality() {
        #expect(Payload.text("ab") == .bytes([0x61, 0x62]))
        #expect(Payload(json: [0x61, 0x62]) == "ab")
        #expect(Payload.text("ab") != .bytes([0x61]))
        #expect(Payload.empty == "")
        // Text is compared by its bytes too, and not as a reader would.
        #expect(Payload.text("\u{E9}") != .text("e\u{301}"))
    }

    @Test("remembers what it was made of")
    func content() {
        #expect({ if case .text("ab") = Payload.text("ab").content { true } else { false } }())
        #expect({ if case .text("ab") = ("ab" as Payload).content { true } else { false } }())
        #expect({ if case .bytes([1]) = Payload.bytes([1]).content { true } else { false } }())
        #expect({ if case .json([0x31]) = Payload(json: [0x31]).content { true } else { false } }())
    }

    @Test("is empty without bytes")
    func emptiness() {
        for payload in [.empty, .text(""), .bytes([]), Payload(json: [])] {
            #expect(payload.isEmpty)
            #expect(payload.bytes.isEmpty)
            #expect(RPCResult(data: payload).wireBytes().isEmpty)
        }
        #expect(!Payload.text("a").isEmpty)
        #expect(!Payload.bytes([0]).isEmpty)
    }

    @Test("is written as its bytes and read as bytes", arguments: [.text("é"), .bytes([0xC3, 0xA9])] as [Payload])
    func wire(payload: Payload) throws {
        let bytes = RPCResult(data: payload).wireBytes()
        #expect(bytes == [0x0A, 0x02, 0xC3, 0xA9])
        let data = try RPCResult(wireBytes: bytes).data
        #expect(data == payload)
        #expect({ if case .bytes = data.content { true } else { false } }())
    }
}
