import GRPCCall
import Testing

@Suite struct LengthPrefixTests {
    @Test(
        "reads and writes flag and length",
        arguments: [
            (false, 0, [0, 0, 0, 0, 0]), (false, 1, [0, 0, 0, 0, 1]), (true, 258, [1, 0, 0, 1, 2]),
            (true, 4 << 20, [1, 0, 0x40, 0, 0]),
        ] as [(Bool, Int, [UInt8])]
    )
    func bothWays(isCompressed: Bool, length: Int, bytes: [UInt8]) throws {
        let prefix = LengthPrefix(isCompressed: isCompressed, length: length)
        var appended: [UInt8] = []
        prefix.append(to: &appended)
        #expect(appended == bytes)
        var written: [UInt8] = [9, 9, 9, 9, 9, 9]
        written.withUnsafeMutableBytes(prefix.write)
        #expect(written == bytes + [9])
        #expect(try written.withUnsafeBytes { try LengthPrefix($0, encoding: .gzip) } == prefix)
    }

    @Test("waits for all five bytes", arguments: 0..<5)
    func partial(count: Int) throws {
        // Even for a bad flag it waits: the length is unknown before the prefix is complete, and both are checked
        // together.
        let bytes = [UInt8](repeating: 0xFF, count: count)
        #expect(try bytes.withUnsafeBytes { try LengthPrefix($0, encoding: .identity) } == nil)
    }

    @Test(
        "refuses a bad flag",
        arguments: [(2, .gzip), (255, .identity), (1, .identity)] as [(UInt8, MessageEncoding)]
    )
    func flag(flag: UInt8, encoding: MessageEncoding) {
        let status = #expect(throws: GRPCStatus.self) {
            try [flag, 0, 0, 0, 0].withUnsafeBytes { _ = try LengthPrefix($0, encoding: encoding) }
        }
        #expect(status?.code == .internalError)
    }

    @Test(
        "refuses a length above the limit at once",
        arguments: [[0, 0, 0x40, 0, 1], [0, 4, 0, 0, 0], [0, 0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]]
    )
    func length(bytes: [UInt8]) {
        let status = #expect(throws: GRPCStatus.self) {
            try bytes.withUnsafeBytes { _ = try LengthPrefix($0, encoding: .identity) }
        }
        #expect(status?.code == .resourceExhausted)
    }
}
