import GRPCCall
import Testing

@Suite struct GzipTests {
    @Test(
        "inflates what other programs deflated",
        arguments: [
            (Gzip.hello, "hello, hello, hello"),
            // Python, no bytes at all.
            ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], ""),
            // The gzip tool.
            (
                [
                    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4B, 0xAF, 0xCA, 0x2C, 0x50, 0x28,
                    0xC9, 0xCF, 0xCF, 0x01, 0x00, 0xA5, 0xBF, 0xE1, 0x36, 0x09, 0x00, 0x00, 0x00,
                ], "gzip tool"
            ),
        ] as [([UInt8], String)]
    )
    func foreign(bytes: [UInt8], text: String) throws {
        #expect(try Gzip().inflated(bytes) == Array(text.utf8))
    }

    @Test("inflates what it deflated, at each level", arguments: [-1, 1, 6, 9, 100])
    func roundTrip(level: Int) throws {
        let gzip = Gzip(level: level)
        for size in [0, 1, 100, 32_768, 32_769, 300_000] {
            let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
            #expect(try gzip.inflated(gzip.deflated(message)) == message)
        }
    }

    @Test("appends the compressed bytes to a buffer")
    func appends() throws {
        var buffer: [UInt8] = [1, 2, 3]
        try Gzip.helloText.withUnsafeBytes { try Gzip().deflate($0, appendingTo: &buffer) }
        #expect(buffer.prefix(3) == [1, 2, 3])
        #expect(try Gzip().inflated(Array(buffer.dropFirst(3))) == Gzip.helloText)
    }

    /// Hostile input: gzip-corrupt.
    @Test("refuses input cut at any byte", arguments: 0..<Gzip.hello.count)
    func cut(count: Int) {
        let status = #expect(throws: GRPCStatus.self) { try Gzip().inflated(Array(Gzip.hello.prefix(count))) }
        #expect(status?.code == .internalError)
    }

    @Test(
        "refuses corrupt input",
        arguments: [
            // Header, compressed data, checksum, length.
            (0, 0), (2, 7), (12, 0xFF), (21, 0), (25, 18),
        ] as [(Int, UInt8)]
    )
    func corrupt(index: Int, byte: UInt8) {
        var bytes = Gzip.hello
        bytes[index] = byte
        let status = #expect(throws: GRPCStatus.self) { try Gzip().inflated(bytes) }
        #expect(status?.code == .internalError)
    }

    /// Hostile input: gzip-corrupt.
    @Test("refuses bytes after the end", arguments: [[0], Gzip.hello])
    func trailing(bytes: [UInt8]) {
        let status = #expect(throws: GRPCStatus.self) { try Gzip().inflated(Gzip.hello + bytes) }
        #expect(status?.code == .internalError)
    }

    @Test("stops inflating at the limit", arguments: [(19, true), (18, false), (0, false)])
    func limit(limit: Int, fits: Bool) {
        let code: GRPCStatus.Code? = fits ? nil : .resourceExhausted
        #expect(Self.failure { () throws(GRPCStatus) in _ = try Gzip().inflated(Gzip.hello, limit: limit) } == code)
    }

    /// Hostile input: gzip-bomb.
    @Test("defuses a bomb")
    func bomb() throws {
        let gzip = Gzip()
        let bomb = try gzip.deflated([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        #expect(Self.failure { () throws(GRPCStatus) in _ = try gzip.inflated(bomb) } == .resourceExhausted)
    }

    @Test("refuses a stated length above the limit, or an impossible one, without inflating")
    func announced() {
        // The data would be refused as corrupt.
        let broken = Array(Gzip.hello.prefix(10)) + [UInt8](repeating: 0xFF, count: 100)
        for (length, code) in [(1_000, GRPCStatus.Code.internalError), (1_001, .resourceExhausted)] {
            let input = broken + [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0]
            let inflate = { () throws(GRPCStatus) in _ = try Gzip().inflated(input, limit: 1_000) }
            #expect(Self.failure(of: inflate) == code)
        }
        let impossible = broken + [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(Self.failure { () throws(GRPCStatus) in _ = try Gzip().inflated(impossible) } == .internalError)
    }

    @Test("serves the next message after a failed one")
    func reuse() throws {
        let gzip = Gzip()
        for broken in [Array(Gzip.hello.prefix(15)), Gzip.hello + [0], [1, 2, 3]] {
            #expect(Self.failure { () throws(GRPCStatus) in _ = try gzip.inflated(broken) } == .internalError)
            #expect(try gzip.inflated(Gzip.hello) == Gzip.helloText)
        }
        #expect(
            Self.failure { () throws(GRPCStatus) in _ = try gzip.inflated(Gzip.hello, limit: 1) } == .resourceExhausted
        )
        #expect(try gzip.inflated(Gzip.hello) == Gzip.helloText)
    }

    private static func failure(of body: () throws(GRPCStatus) -> Void) -> GRPCStatus.Code? {
        do {
            try body()
            return nil
        } catch {
            return error.code
        }
    }
}
