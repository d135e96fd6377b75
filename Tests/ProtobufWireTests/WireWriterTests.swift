import ProtobufWire
import Testing

@Suite("WireWriter")
struct WireWriterTests {
    @Test("keeps what was written while it grows")
    func growing() {
        var writer = WireWriter()
        var expected: [UInt8] = []
        for number in 0..<2000 as Range<UInt64> {
            let text = String(repeating: "x", count: Int(number % 50) + 1)
            writer.write(text, field: 2)
            expected += [0x12, UInt8(text.utf8.count)] + Array(text.utf8)
        }
        #expect(writer.count == expected.count)
        #expect(writer.withUnsafeBytes { [UInt8]($0) } == expected)
    }

    @Test("returns an array of what was written, on the stack and beyond it", arguments: [0, 1, 256, 257, 5000])
    func array(length: Int) {
        let content = [UInt8]((0..<length).map { UInt8(truncatingIfNeeded: $0) })
        let bytes = WireWriter.bytes { writer in
            for byte in content {
                withUnsafeBytes(of: byte) { writer.append($0) }
            }
        }
        #expect(bytes == content)
    }

    @Test("forgets memory that was not its own")
    func forgettingLentMemory() {
        let bytes = WireWriter.bytes { writer in
            writer.write("something", field: 1)
            writer.removeAll(keepingCapacity: false)
            writer.write(true, field: 1)
        }
        #expect(bytes == [0x08, 0x01])
    }

    @Test("forgets what was written, with and without its memory", arguments: [true, false])
    func removing(keepingCapacity: Bool) {
        var writer = WireWriter()
        writer.write("something", field: 1)
        writer.removeAll(keepingCapacity: keepingCapacity)
        #expect(writer.count == 0)
        #expect(writer.withUnsafeBytes { $0.isEmpty })
        writer.write(true, field: 1)
        #expect(writer.withUnsafeBytes { [UInt8]($0) } == [0x08, 0x01])
    }

    @Test("reserves zeros, also in memory used before, and fills them later")
    func reserving() {
        var writer = WireWriter()
        writer.write("something longer", field: 1)
        writer.removeAll(keepingCapacity: true)
        writer.write(true, field: 1)
        let start = writer.reserve(5)
        writer.write(true, field: 2)
        #expect(start == 2)
        #expect(writer.withUnsafeBytes { [UInt8]($0) } == [0x08, 0x01, 0, 0, 0, 0, 0, 0x10, 0x01])
        writer.overwrite(at: start, with: 1)
        writer.overwrite(at: start + 1, withBigEndian: 0x0102_0304)
        #expect(writer.withUnsafeBytes { [UInt8]($0) } == [0x08, 0x01, 1, 1, 2, 3, 4, 0x10, 0x01])
    }

    @Test("appends bytes as they are")
    func appending() {
        var writer = WireWriter()
        for bytes in [[1, 2, 3], [], [UInt8](repeating: 9, count: 1000)] as [[UInt8]] {
            bytes.withUnsafeBytes { writer.append($0) }
        }
        #expect(writer.withUnsafeBytes { [UInt8]($0) } == [1, 2, 3] + [UInt8](repeating: 9, count: 1000))
    }

    @Test(
        "gives a nested message a length of as many bytes as it needs",
        arguments: [
            (0, [0x00]), (1, [0x01]), (127, [0x7F]), (128, [0x80, 0x01]), (16_383, [0xFF, 0x7F]),
            (16_384, [0x80, 0x80, 0x01]), (2_097_151, [0xFF, 0xFF, 0x7F]), (2_097_152, [0x80, 0x80, 0x80, 0x01]),
        ] as [(Int, [UInt8])]
    )
    func nesting(length: Int, prefix: [UInt8]) {
        let content = [UInt8]((0..<length).map { UInt8(truncatingIfNeeded: $0) })
        var writer = WireWriter()
        writer.write(true, field: 1)
        let start = writer.openMessage(field: 2)
        content.withUnsafeBytes { writer.append($0) }
        writer.closeMessage(from: start)
        writer.write(true, field: 3)
        let bytes = writer.withUnsafeBytes { [UInt8]($0) }
        #expect(bytes == [0x08, 0x01, 0x12] + prefix + content + [0x18, 0x01])
    }
}
