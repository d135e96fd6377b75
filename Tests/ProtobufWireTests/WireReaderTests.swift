import ProtobufWire
import Testing

@Suite("WireReader")
struct WireReaderTests {
    @Test("finds no field in nothing")
    func nothing() throws {
        #expect(try skippingAll([]) == [])
        var reader = WireReader(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(try reader.nextField() == nil)
    }

    /// Hostile input: unknown-fields.
    @Test("skips every wire type")
    func skipping() throws {
        let bytes: [UInt8] = [
            0x08, 0x96, 0x01,  // 1: varint
            0x11, 1, 2, 3, 4, 5, 6, 7, 8,  // 2: fixed64
            0x1A, 0x03, 0xFF, 0xFF, 0xFF,  // 3: length-delimited
            0x23, 0x08, 0x01, 0x1B, 0x1C, 0x24,  // 4: a group with a varint and a group in it
            0x2D, 1, 2, 3, 4,  // 5: fixed32
        ]
        #expect(try skippingAll(bytes) == [1, 2, 3, 4, 5])
    }

    /// Hostile input: protobuf-cut, protobuf-wire-type, protobuf-field-zero, protobuf-end-group, protobuf-varint,
    /// protobuf-length.
    @Test(
        "refuses malformed fields",
        arguments: [
            ([0x00, 0x01], .invalidFieldNumber),
            ([0x02, 0x00], .invalidFieldNumber),
            ([0x80, 0x80, 0x80, 0x80, 0x10, 0x00], .invalidFieldNumber),
            ([0x0E], .invalidWireType),
            ([0x0F], .invalidWireType),
            ([0x0C], .unmatchedEndGroup),
            ([0x0B, 0x14], .unmatchedEndGroup),
            ([0x0B, 0x13, 0x0C, 0x14], .unmatchedEndGroup),
            ([0x0B, 0x0E], .invalidWireType),
            ([0x0B], .truncated),
            ([0x0B, 0x08], .truncated),
            ([0x80], .truncated),
            ([0x08], .truncated),
            ([0x08, 0x80], .truncated),
            ([0x09, 1, 2, 3, 4, 5, 6, 7], .truncated),
            ([0x0D, 1, 2, 3], .truncated),
            ([0x0A], .truncated),
            ([0x0A, 0x80], .truncated),
            ([0x0A, 0x01], .lengthBeyondEnd),
            ([0x0A, 0x05, 1, 2, 3, 4], .lengthBeyondEnd),
            // Lengths of 4 GiB, of the largest Int, of the largest UInt64.
            ([0x0A, 0x80, 0x80, 0x80, 0x80, 0x10], .lengthBeyondEnd),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .lengthBeyondEnd),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .lengthBeyondEnd),
            ([0x08] + [UInt8](repeating: 0x80, count: 10) + [0x00], .varintTooLong),
            ([0x0A] + [UInt8](repeating: 0xFF, count: 11), .varintTooLong),
            ([UInt8](repeating: 0x88, count: 11), .varintTooLong),
        ] as [([UInt8], WireError)]
    )
    func refusing(bytes: [UInt8], expected: WireError) {
        #expect(failure { _ = try skippingAll(bytes) } == expected)
    }

    /// Hostile input: protobuf-varint.
    @Test("refuses a varint that never ends, and soon")
    func endlessVarint() {
        #expect(failure { _ = try skippingAll([UInt8](repeating: 0xFF, count: 1_000_000)) } == .varintTooLong)
    }

    /// Hostile input: groups-nested, groups-too-deep.
    @Test("skips groups nested 100 deep and refuses 101")
    func nestedGroups() throws {
        let hundred = [UInt8](repeating: 0x0B, count: 100) + [UInt8](repeating: 0x0C, count: 100)
        #expect(try skippingAll(hundred) == [1])
        #expect(failure { _ = try skippingAll([0x0B] + hundred + [0x0C]) } == .nestedTooDeep)
        #expect(failure { _ = try skippingAll([UInt8](repeating: 0x0B, count: 1_000_000)) } == .nestedTooDeep)
        // Side by side is not nested.
        #expect(try skippingAll([UInt8]((0..<1000).map { $0 % 2 == 0 ? 0x0B : 0x0C })).count == 500)
    }

    /// Hostile input: protobuf-utf8.
    @Test(
        "refuses text that is not UTF-8",
        arguments: [
            [0x80],  // a continuation without a start
            [0xC3],  // a start without a continuation
            [0x61, 0xC3],
            [0xC0, 0x80],  // longer than needed
            [0xE0, 0x80, 0xAF],
            [0xED, 0xA0, 0x80],  // a surrogate
            [0xF4, 0x90, 0x80, 0x80],  // above the last scalar
            [0xF0, 0x9F, 0x99],
            [0xFF],
            Array("abcdefg".utf8) + [0x80],
            Array("abcdefgh".utf8) + [0x80],
            [0x80] + Array("abcdefgh".utf8),
            Array("abcdefgh".utf8) + [0x80] + Array("abcdefghi".utf8),
            Array("a text of more than fifteen bytes, ".utf8) + [0xFE] + Array(" and more".utf8),
        ] as [[UInt8]]
    )
    func invalidText(bytes: [UInt8]) {
        let field = [0x0A, UInt8(bytes.count)] + bytes
        #expect(failure { _ = try readingText(field) } == .invalidUTF8)
        let list = failure {
            try reading(field) { reader in
                var values: [String] = []
                _ = try reader.nextField()
                try reader.read(&values, "name")
            }
        }
        #expect(list == .invalidUTF8)
    }

    @Test("reads the known word, and similar ones", arguments: ["json", "jsom", "Json", "jso", "jsonb", ""])
    func knownWord(text: String) throws {
        #expect(try readingText([0x0A, UInt8(text.utf8.count)] + [UInt8](text.utf8)) == text)
    }

    @Test("finds no field in memory without an address")
    func noMemory() throws {
        var reader = WireReader(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(try reader.nextField() == nil)
    }

    @Test("refuses a high byte at every place of a text of every length up to 40")
    func highBytes() {
        for length in 1...40 {
            for place in 0..<length {
                var text = [UInt8](repeating: 0x61, count: length)
                text[place] = 0xFF
                let reason = failure { _ = try readingText([0x0A, UInt8(length)] + text) }
                #expect(reason == .invalidUTF8, "length \(length), place \(place)")
            }
        }
    }

    @Test("skips a known field that has another wire type", arguments: [0x09, 0x0A, 0x0B, 0x0D] as [UInt8])
    func otherWireType(tag: UInt8) throws {
        let bytes: [UInt8] = [tag] + (tag == 0x0B ? [0x08, 0x07, 0x0C] : tag == 0x0A ? [0x01, 0x07] : [])
        let fixed = tag == 0x09 ? 8 : tag == 0x0D ? 4 : 0
        try reading(bytes + [UInt8](repeating: 7, count: fixed)) { reader in
            var number: Int64 = -5
            #expect(try reader.nextField() == 1)
            try reader.read(&number, "number")
            #expect(number == -5)
            #expect(try reader.nextField() == nil)
        }
        try reading([0x08, 0x07]) { reader in
            var text = "before"
            #expect(try reader.nextField() == 1)
            try reader.read(&text, "text")
            #expect(text == "before")
            #expect(try reader.nextField() == nil)
        }
    }

    @Test("does not read beyond an open message, though there are more bytes")
    func nestedEnd() throws {
        // Field 1 is a message of two bytes, whose string claims two; the bytes for it would be there.
        let reason = failure {
            try reading([0x0A, 0x02, 0x0A, 0x02, 0x61, 0x62]) { reader in
                var text = ""
                _ = try reader.nextField()
                _ = try reader.openMessage()
                _ = try reader.nextField()
                try reader.read(&text, "text")
            }
        }
        #expect(reason == .lengthBeyondEnd)
    }
}
