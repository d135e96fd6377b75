import Foundation
import Testing

@testable import CentrifugoDoctor

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

    @Test("has the doctor say what is wrong with a time that is too long", arguments: tooLong)
    func doctor(text: String) throws {
        let json = Self.configuration(staleClose: text, timeout: text)
        let findings = ConfigurationDoctor(try CentrifugoConfiguration(json: Data(json.utf8))).findings
        #expect(findings.contains { $0.rule == "no-duration" })
    }

    @Test("has the doctor read the longest time there is")
    func longest() throws {
        let json = Self.configuration(staleClose: "2562047h", timeout: "2562047h47m")
        let findings = ConfigurationDoctor(try CentrifugoConfiguration(json: Data(json.utf8))).findings
        #expect(findings.contains { $0.rule == "timeout-after-stale-close" })
    }

    private static func configuration(staleClose: String, timeout: String) -> String {
        let connect = #"{"enabled": true, "endpoint": "grpc://a:1", "timeout": "\#(timeout)"}"#
        return #"{"client": {"stale_close_delay": "\#(staleClose)", "proxy": {"connect": \#(connect)}}}"#
    }
}
