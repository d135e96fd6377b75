import ProtobufWire
import Testing

/// A value and its bytes as field 1, both ways.
@Suite("A field")
struct FieldTableTests {
    static let numbers: [(UInt64, [UInt8])] = [
        (1, [0x08, 0x01]),
        (127, [0x08, 0x7F]),
        (128, [0x08, 0x80, 0x01]),
        (300, [0x08, 0xAC, 0x02]),
        (16_383, [0x08, 0xFF, 0x7F]),
        (16_384, [0x08, 0x80, 0x80, 0x01]),
        (0xFFFF_FFFF, [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        (1 << 63, [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
        (.max, [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ]

    @Test("of 64 bits is written and read", arguments: numbers)
    func unsigned(value: UInt64, bytes: [UInt8]) throws {
        #expect(written { $0.write(value, field: 1) } == bytes)
        #expect(written { $0.write(Int64(bitPattern: value), field: 1) } == bytes)
        #expect(try read(bytes, 0 as UInt64) { reader, value in try reader.read(&value, "x") } == value)
        #expect(
            try read(bytes, 0 as Int64) { reader, value in try reader.read(&value, "x") } == Int64(bitPattern: value)
        )
    }

    @Test("of 32 bits takes the low half of a larger number", arguments: numbers)
    func truncated(value: UInt64, bytes: [UInt8]) throws {
        let low = UInt32(truncatingIfNeeded: value)
        #expect(try read(bytes, 0 as UInt32) { reader, value in try reader.read(&value, "x") } == low)
        #expect(
            try read(bytes, 0 as Int32) { reader, value in try reader.read(&value, "x") } == Int32(bitPattern: low)
        )
    }

    @Test("of 32 bits with a sign is extended to ten bytes")
    func negative() throws {
        let bytes: [UInt8] = [0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
        #expect(written { $0.write(-2 as Int32, field: 1) } == bytes)
        #expect(try read(bytes, 0 as Int32) { reader, value in try reader.read(&value, "x") } == -2)
        #expect(written { $0.write(7 as Int32, field: 1) } == [0x08, 0x07])
        #expect(written { $0.write(UInt32.max, field: 1) } == [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
    }

    @Test("of a flag is true for every number but 0", arguments: numbers)
    func flags(value: UInt64, bytes: [UInt8]) throws {
        #expect(try read(bytes, false) { reader, value in try reader.read(&value, "x") })
        #expect(try !read([0x08, 0x00], true) { reader, value in try reader.read(&value, "x") })
        #expect(written { $0.write(true, field: 1) } == [0x08, 0x01])
    }

    @Test(
        "of a number is read from more bytes than it needs",
        arguments: [
            [0x08, 0x85, 0x00], [0x08, 0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            // The tenth byte has one usable bit; protobuf drops the others.
            [0x08, 0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E],
            [0x88, 0x80, 0x80, 0x80, 0x00, 0x05],
        ] as [[UInt8]]
    )
    func overlong(bytes: [UInt8]) throws {
        #expect(try read(bytes, 0 as UInt64) { reader, value in try reader.read(&value, "x") } == 5)
    }

    @Test(
        "of text is written and read",
        arguments: [
            ("a", [0x0A, 0x01, 0x61]),
            ("abc", [0x0A, 0x03, 0x61, 0x62, 0x63]),
            ("json", [0x0A, 0x04, 0x6A, 0x73, 0x6F, 0x6E]),
            ("a\0b", [0x0A, 0x03, 0x61, 0x00, 0x62]),
            ("é", [0x0A, 0x02, 0xC3, 0xA9]),
            ("日本語です", [0x0A, 0x0F] + Array("日本語です".utf8)),
            ("12345678é", [0x0A, 0x0A] + Array("12345678é".utf8)),
            ("🙂", [0x0A, 0x04, 0xF0, 0x9F, 0x99, 0x82]),
            (String(repeating: "x", count: 128), [0x0A, 0x80, 0x01] + [UInt8](repeating: 0x78, count: 128)),
        ] as [(String, [UInt8])]
    )
    func text(value: String, bytes: [UInt8]) throws {
        #expect(written { $0.write(value, field: 1) } == bytes)
        #expect(written { $0.write([value], field: 1) } == bytes)
        #expect(written { $0.write(Array(value.utf8), field: 1) } == bytes)
        #expect(try read(bytes, "") { reader, value in try reader.read(&value, "x") } == value)
        #expect(try read(bytes, []) { reader, value in try reader.read(&value, "x") } == [value])
        #expect(
            try read(bytes, [] as [UInt8]) { reader, value in try reader.read(&value, "x") } == Array(value.utf8)
        )
    }

    @Test("at its default is not written, but empty elements of a list are")
    func defaults() {
        let bytes = written {
            $0.write("", field: 1)
            $0.write([] as [UInt8], field: 2)
            $0.write(0 as UInt64, field: 3)
            $0.write(0 as Int64, field: 4)
            $0.write(0 as UInt32, field: 5)
            $0.write(0 as Int32, field: 6)
            $0.write(false, field: 7)
            $0.write([] as [String], field: 8)
            $0.write(["", "a", ""], field: 9)
        }
        #expect(bytes == [0x4A, 0x00, 0x4A, 0x01, 0x61, 0x4A, 0x00])
    }

    @Test(
        "with a large number is written and read",
        arguments: [(15, [0x78]), (16, [0x80, 0x01]), (536_870_911, [0xF8, 0xFF, 0xFF, 0xFF, 0x0F])]
            as [(UInt32, [UInt8])]
    )
    func fieldNumbers(number: UInt32, tag: [UInt8]) throws {
        #expect(written { $0.write(true, field: number) } == tag + [0x01])
        #expect(try skippingAll(tag + [0x01]) == [number])
    }

    private func written(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        body(&writer)
        return writer.withUnsafeBytes { [UInt8]($0) }
    }

    /// Reads field 1, which must be the only one.
    private func read<Value>(
        _ bytes: [UInt8],
        _ initial: Value,
        _ body: (inout WireReader, inout Value) throws -> Void
    ) throws -> Value {
        try reading(bytes) { reader in
            var value = initial
            #expect(try reader.nextField() == 1)
            try body(&reader, &value)
            #expect(try reader.nextField() == nil)
            return value
        }
    }
}
