import Logging
import Testing

@testable import ProxyLogging

@Suite("A log line")
struct LogLineBufferTests {
    private static let time: Int64 = 1_796_089_572_123_456_789

    @Test(
        "is written in each format",
        arguments: [
            (LogFormat.text, #"2026-12-01T01:46:12.123Z info call: event=RPC user="a b" code=-7 milliseconds=12.045"#),
            (
                .json,
                #"{"time":"2026-12-01T01:46:12.123Z","level":"info","message":"call","event":"RPC","user":"a b","code":-7,"milliseconds":12.045}"#
            ),
            (
                .logfmt,
                #"time=2026-12-01T01:46:12.123Z level=info message=call event=RPC user="a b" code=-7 milliseconds=12.045"#
            ),
        ]
    )
    func formats(_ format: LogFormat, _ expected: String) {
        var buffer = LogLineBuffer(format)
        buffer.begin(at: Self.time, .info, "call")
        buffer.add("event", "RPC")
        buffer.add("user", "a b")
        buffer.add("code", -7)
        buffer.add("milliseconds", milliseconds: 12_045_999)
        buffer.end()
        #expect(buffer.count == 1)
        #expect(text(&buffer) == expected + "\n")
        #expect(buffer.count == 0 && text(&buffer).isEmpty)
    }

    @Test(
        "stays one line",
        arguments: LogFormat.allCases,
        ["a\nb", "\r\n", "\u{2028}x", "\u{1B}[2J", "\u{202E}abc", "\u{0}", "\"q\" \\", "\u{E0001}", ""]
    )
    func hostile(_ format: LogFormat, _ hostile: String) {
        var buffer = LogLineBuffer(format)
        buffer.begin(at: Self.time, .info, hostile)
        buffer.add("user", hostile)
        buffer.add(key: hostile, .string(hostile))
        buffer.end()
        let line = text(&buffer).dropLast()
        #expect(String(line).printable == line && !line.contains("\n"))
    }

    @Test(
        "has the time as RFC 3339 writes it",
        arguments: [
            (Int64.min, "1970-01-01T00:00:00.000Z"), (951_782_400_001_000_000, "2000-02-29T00:00:00.001Z"),
            (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        ]
    )
    func times(_ time: Int64, _ expected: String) {
        var bytes: [UInt8] = []
        var timestamp = LogTimestamp()
        timestamp.append(time, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        "nests metadata in JSON, and lengthens its keys otherwise",
        arguments: [
            (LogFormat.json, #","a":{"b":["x",5,true]}}"#), (.text, ": a.b.0=x a.b.1=5 a.b.2=true"),
            (.logfmt, " a.b.0=x a.b.1=5 a.b.2=true"),
        ]
    )
    func nested(_ format: LogFormat, _ expected: String) {
        var buffer = LogLineBuffer(format)
        buffer.begin(at: Self.time, .info, "m")
        buffer.add(key: "a", ["b": ["x", .stringConvertible(5), .stringConvertible(true)]])
        buffer.end()
        let line = text(&buffer)
        #expect(line.hasSuffix(expected + "\n"), "\(line)")
    }

    private func text(_ buffer: inout LogLineBuffer) -> String {
        var text = ""
        buffer.take { text = String(decoding: $0, as: UTF8.self) }
        return text
    }
}
