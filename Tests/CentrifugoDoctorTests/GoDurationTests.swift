import Testing

@testable import CentrifugoDoctor

@Suite struct GoDurationTests {
    @Test(
        "reads what Go reads",
        arguments: [
            ("0", 0), ("1s", 1), ("300ms", 0.3), ("1m30s", 90), ("1.5h", 5_400), ("-2s", -2), (".5s", 0.5),
            ("5us", 5e-6), ("5µs", 5e-6),
        ] as [(String, Double)]
    )
    func reads(text: String, seconds: Double) throws {
        let duration = try #require(GoDuration(text))
        #expect(abs(duration.seconds - seconds) < 1e-9)
    }

    @Test("refuses what Go refuses", arguments: ["", "1", "s", "1 s", "1d", "-", "1.2.3s", "one s", "١s"])
    func refuses(text: String) {
        #expect(GoDuration(text) == nil)
    }
}
