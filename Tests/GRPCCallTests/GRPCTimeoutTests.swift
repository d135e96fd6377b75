import GRPCCall
import Testing

@Suite struct GRPCTimeoutTests {
    @Test(
        "reads each unit",
        arguments: [
            ("1n", 1), ("1u", 1000), ("1m", 1_000_000), ("1S", 1_000_000_000), ("1M", 60_000_000_000),
            ("1H", 3_600_000_000_000), ("2998243u", 2_998_243_000), ("0S", 0), ("007m", 7_000_000),
            ("99999999n", 99_999_999), ("99999999u", 99_999_999_000), ("99999999m", 99_999_999_000_000),
            ("99999999S", 99_999_999_000_000_000), ("99999999M", 5_999_999_940_000_000_000),
            ("5124095H", 18_446_742_000_000_000_000), ("5124096H", .max), ("99999999H", .max),
        ] as [(String, UInt64)]
    )
    func valid(text: String, nanoseconds: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes(GRPCTimeout.nanoseconds) == nanoseconds)
    }

    @Test(
        "refuses malformed values",
        arguments: [
            "", "S", "1", "-1S", "+1S", "1X", "1s", "1h", "1 S", " 1S", "1S ", "1.5S", "123456789S", "000000001S", "１S",
            "٣S",
            "1SS", "0x1S", "1µ", "12345678",
        ]
    )
    func malformed(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes(GRPCTimeout.nanoseconds) == nil)
    }

    @Test("refuses an empty view without memory")
    func noMemory() {
        #expect(GRPCTimeout.nanoseconds(UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }

    @Test(
        "writes the finest unit that fits and rounds up",
        arguments: [
            (0, "0n"), (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (100_000_001, "100001u"),
            (2_998_243_000, "2998243u"), (99_999_999_001, "100000m"), (UInt64.max, "5124096H"),
        ] as [(UInt64, String)]
    )
    func writes(nanoseconds: UInt64, text: String) {
        #expect(GRPCTimeout.headerValue(nanoseconds: nanoseconds) == text)
    }
}
