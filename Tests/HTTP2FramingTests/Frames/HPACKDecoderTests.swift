import HTTP2FrameKit
import Testing

@Suite struct HPACKDecoderTests {
    // RFC 7541 Appendix C.3 and C.4: the same three requests, without and with Huffman coding.
    static let requests: [[Field]] = [
        common + [authority],
        common + [authority, Field("cache-control", "no-cache")],
        [
            Field(":method", "GET"), Field(":scheme", "https"), Field(":path", "/index.html"), authority,
            Field("custom-key", "custom-value"),
        ],
    ]
    static let common = [Field(":method", "GET"), Field(":scheme", "http"), Field(":path", "/")]
    static let authority = Field(":authority", "www.example.com")

    static let plain: [[UInt8]] = [
        [0x82, 0x86, 0x84, 0x41, 0x0F] + "www.example.com".utf8,
        [0x82, 0x86, 0x84, 0xBE, 0x58, 0x08] + "no-cache".utf8,
        [0x82, 0x87, 0x85, 0xBF, 0x40, 0x0A] + "custom-key".utf8 + [0x0C] + "custom-value".utf8,
    ]
    static let huffman: [[UInt8]] = [
        [0x82, 0x86, 0x84, 0x41, 0x8C, 0xF1, 0xE3, 0xC2, 0xE5, 0xF2, 0x3A, 0x6B, 0xA0, 0xAB, 0x90, 0xF4, 0xFF],
        [0x82, 0x86, 0x84, 0xBE, 0x58, 0x86, 0xA8, 0xEB, 0x10, 0x64, 0x9C, 0xBF],
        [0x82, 0x87, 0x85, 0xBF, 0x40, 0x88, 0x25, 0xA8, 0x49, 0xE9, 0x5B, 0xA9, 0x7D, 0x7F, 0x89]
            + [0x25, 0xA8, 0x49, 0xE9, 0x5B, 0xB8, 0xE8, 0xB4, 0xBF],
    ]

    @Test("decodes the requests of RFC 7541 Appendix C", arguments: [plain, huffman])
    func appendixC(blocks: [[UInt8]]) throws {
        var decoder = HPACKDecoder()
        for (block, fields) in zip(blocks, Self.requests) {
            #expect(try decoder.decode(block) == fields)
        }
    }

    @Test("decodes what the encoder writes, in every representation")
    func representations() throws {
        let field = Field("name", String(repeating: "v", count: 300))
        let block: [HeaderRepresentation] = [
            .tableSize(4096), .literal(field), .neverIndexed(field), .indexing(field), .indexed(62), .indexed(61),
            .literalNamed(62, value: [0xFF, 0]),
        ]
        var decoder = HPACKDecoder()
        let expected = [field, field, field, field, Field("www-authenticate", ""), Field(field.name, [0xFF, 0])]
        #expect(try decoder.decode(block.bytes) == expected)
    }

    @Test("evicts the oldest fields when the table is full")
    func eviction() throws {
        var decoder = HPACKDecoder(limit: 80)
        let block: [HeaderRepresentation] = [.indexing("a", "1"), .indexing("b", "2"), .indexing("c", "3")]
        _ = try decoder.decode(block.bytes)
        #expect(try decoder.decode([HeaderRepresentation.indexed(63)].bytes) == [Field("b", "2")])
        #expect(throws: HPACKError.invalidIndex) { try decoder.decode([HeaderRepresentation.indexed(64)].bytes) }
    }

    @Test(
        "refuses broken blocks",
        arguments: [
            ([0x80], .invalidIndex), ([0xBE], .invalidIndex), ([0xFF], .truncated), ([0x40, 5, 1], .truncated),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .integerTooLarge), ([0x82, 0x20], .invalidTableSize),
            ([0x3F, 0xE2, 0x1F], .invalidTableSize), ([0, 0x81, 0, 0], .invalidHuffman),
            ([0, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0], .invalidHuffman), ([0, 0x81, 0xFF, 0], .invalidHuffman),
        ] as [([UInt8], HPACKError)]
    )
    func broken(block: [UInt8], error: HPACKError) {
        var decoder = HPACKDecoder()
        #expect(throws: error) { try decoder.decode(block) }
    }
}
