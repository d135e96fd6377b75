import Testing

@testable import CentrifugoProxy

@Suite struct PayloadEncodingTests {
    private static func applied(
        _ encoding: PayloadEncoding,
        to payload: Payload
    ) throws -> (plain: [UInt8], base64: String) {
        var payload = payload
        var base64 = ""
        try encoding.apply(to: &payload, base64: &base64, field: "data")
        return (payload.bytes, base64)
    }

    @Test(
        "leaves JSON as it is for clients with JSON",
        arguments: [
            Payload.bytes([UInt8](#"{"a":1}"#.utf8)), Payload(json: [UInt8](#"{"a":1}"#.utf8)),
        ]
    )
    func json(payload: Payload) throws {
        let (plain, base64) = try Self.applied(.json, to: payload)
        #expect(plain == payload.bytes)
        #expect(base64.isEmpty)
    }

    @Test("makes a JSON string of text for clients with JSON")
    func text() throws {
        let (plain, base64) = try Self.applied(.json, to: .text("a\"b"))
        #expect(plain == [UInt8](#""a\"b""#.utf8))
        #expect(base64.isEmpty)
    }

    @Test("quotes text that looks like JSON as well")
    func textLikeJSON() throws {
        #expect(try Self.applied(.json, to: .text("1")).plain == [UInt8](#""1""#.utf8))
    }

    @Test(
        "refuses bytes that are not JSON for clients with JSON, and names the field",
        arguments: [
            [0x7B], [0xFF, 0x00], [UInt8]("text".utf8),
        ]
    )
    func notJSON(bytes: [UInt8]) {
        let error = #expect(throws: AnswerPayloadError.self) {
            try Self.applied(.json, to: .bytes(bytes))
        }
        #expect(error?.description.hasPrefix("data is not JSON") == true)
    }

    @Test(
        "moves any bytes to base64 for binary clients",
        arguments: [
            (Payload.bytes([0xFF, 0x00, 0xFE]), "/wD+"), (.bytes([0x7B]), "ew=="), (.text("text"), "dGV4dA=="),
            (Payload(json: [UInt8]("{}".utf8)), "e30="),
        ]
    )
    func binary(payload: Payload, base64: String) throws {
        let applied = try Self.applied(.binary, to: payload)
        #expect(applied.plain.isEmpty)
        #expect(applied.base64 == base64)
    }

    @Test("changes nothing for requests without a client")
    func none() throws {
        let applied = try Self.applied(.none, to: .bytes([0x7B]))
        #expect(applied.plain == [0x7B])
        #expect(applied.base64.isEmpty)
    }

    @Test("keeps what the handler put into the base64 field when there is no plain payload")
    func ownBase64() throws {
        var payload = Payload.empty
        var base64 = "AAAA"
        try PayloadEncoding.binary.apply(to: &payload, base64: &base64, field: "data")
        #expect(payload.isEmpty)
        #expect(base64 == "AAAA")
    }
}
