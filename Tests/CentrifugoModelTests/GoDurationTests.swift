import Foundation
import Testing

@testable import CentrifugoModel

@Suite struct GoDurationTests {
    @Test(
        "reads what Go reads",
        arguments: [
            ("0", 0), ("1s", 1), ("300ms", 0.3), ("1m30s", 90), ("1.5h", 5_400), ("-2s", -2), (".5s", 0.5),
            ("5us", 5e-6), ("5µs", 5e-6), ("2562047h", 9_223_369_200),
        ] as [(String, Double)]
    )
    func reads(text: String, seconds: Double) throws {
        let duration = try #require(GoDuration(text))
        #expect(abs(duration.seconds - seconds) < 1e-9)
    }

    @Test("refuses what Go refuses", arguments: ["", "1", "s", "1 s", "1d", "-", "1.2.3s", "one s", "١s"] + tooLong)
    func refuses(text: String) {
        #expect(GoDuration(text) == nil)
    }

    /// More than 64 bits of nanoseconds, and more than any number has.
    private static let tooLong = [
        "2562048h", "-2562048h", "9223372037s", "99999999999999999999s", String(repeating: "9", count: 400) + "h",
    ]

    @Test("handles the longest and the shortest numbers without a trap")
    func numbers() throws {
        for number in ["1e308", "-1e308", "9223372036854775807", "-9223372036854775808", "0.1"] {
            let json = #"{"rpc": {"proxy": {"timeout": \#(number)}}, "client": {"channel_limit": \#(number)}}"#
            let configuration = CentrifugoConfiguration(try ConfigurationSource(Data(json.utf8), form: .json))
            #expect(configuration.refusals.isEmpty)
        }
    }
}
