import Foundation
import HTTP2FrameKit
import Logging
import Testing

@testable import ProxyLogging

@Suite struct LogLineBufferTests {
    // 2026-12-01T01:46:12.123Z
    private static let time: Int64 = 1_796_089_572_123_456_789

    private static func line(_ format: LogFormat, _ fields: (inout LogLineBuffer) -> Void) -> String {
        var buffer = LogLineBuffer(format)
        buffer.begin(at: time, .info, "call")
        fields(&buffer)
        buffer.end()
        var text = ""
        buffer.take { text = String(decoding: $0, as: UTF8.self) }
        return text
    }

    private static func line(_ format: LogFormat) -> String {
        line(format) { buffer in
            buffer.add("event", "RPC")
            buffer.add("method", "news list")
            buffer.add("count", -12)
            buffer.add("milliseconds", milliseconds: 1_042_999)
            buffer.add(key: "own key", "")
        }
    }

    @Test("writes a record in each format")
    func formats() {
        #expect(
            Self.line(.text)
                == #"2026-12-01T01:46:12.123Z info call: event=RPC method="news list" count=-12 milliseconds=1.042"#
                + " own_key=\"\"\n"
        )
        #expect(
            Self.line(.json)
                == #"{"time":"2026-12-01T01:46:12.123Z","level":"info","message":"call","event":"RPC","#
                + #""method":"news list","count":-12,"milliseconds":1.042,"own key":""}"# + "\n"
        )
        #expect(
            Self.line(.logfmt)
                == "time=2026-12-01T01:46:12.123Z level=info message=call event=RPC"
                + " method=\"news list\" count=-12 milliseconds=1.042 own_key=\"\"\n"
        )
    }

    @Test("begins each line by its own time, level and message, and ends it by its own duration")
    func manyLines() {
        var buffer = LogLineBuffer(.text)
        let lines: [(Int64, Logger.Level, String, Int64)] = [
            (Self.time, .info, "call", 1_000), (Self.time, .info, "call", 1_000), (Self.time, .error, "call", 2_000),
            (Self.time, .error, "end", 2_000), (Self.time + 1_000_000, .error, "end", 1_000),
        ]
        for (time, level, message, duration) in lines {
            buffer.begin(at: time, level, message)
            buffer.add("milliseconds", milliseconds: duration)
            buffer.end()
        }
        var text = ""
        buffer.take { text = String(decoding: $0, as: UTF8.self) }
        #expect(
            text == """
                2026-12-01T01:46:12.123Z info call: milliseconds=0.001
                2026-12-01T01:46:12.123Z info call: milliseconds=0.001
                2026-12-01T01:46:12.123Z error call: milliseconds=0.002
                2026-12-01T01:46:12.123Z error end: milliseconds=0.002
                2026-12-01T01:46:12.124Z error end: milliseconds=0.001

                """
        )
    }

    private static let hostile = [
        "a\nlevel=critical", "\u{1B}[31m", "\u{2028}\u{202E}", "\"", "a=b", "\\", "", "é✓👩‍💻", "\0\u{7F}\u{9B}",
        "{\"a\":1}",
    ]

    @Test("keeps whatever a client sends in its field", arguments: hostile)
    func hostileText(text: String) throws {
        for format in LogFormat.allCases {
            let line = Self.line(format) { $0.add("method", text) }
            #expect(line.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "\(format)")
            #expect(line == (line.dropLast().description.printable + "\n"), "\(format)")
        }
        let json = Self.line(.json) { $0.add("method", text) }
        let fields = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(fields?["method"] as? String == text)
        let text = Self.line(.text) { buffer in
            buffer.add("method", text)
            buffer.add("user", "alice")
        }
        #expect(text.hasSuffix(" user=alice\n"))
    }

    /// The fields of a line as a reader of logfmt takes them, which knows escaped quotes and backslashes.
    private static func read(_ line: String) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = line.dropLast()[...]
        while let equals = rest.firstIndex(of: "=") {
            let key = String(rest[..<equals]).trimmingCharacters(in: [" "])
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest.removeFirst()
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else { value.append(character); continue }
                    if let escaped = rest.popFirst() { value.append(escaped) }
                }
            } else {
                value = String(rest.prefix { $0 != " " })
                rest = rest.dropFirst(value.count)
            }
            fields[key] = value
        }
        return fields
    }

    private static let forging = [
        #"x\" verdict=accepted y=\""#, #"a b\"#, #"\"#, #"\" "#, #"a\ b"#, "\"", " ", "a\n\" b=\"", "a=\\",
    ]

    @Test("lets no value end early, or add a field", arguments: hostile + forging)
    func forgedFields(text: String) {
        for format in [LogFormat.text, .logfmt] {
            let line = Self.line(format) { buffer in
                buffer.add("method", text)
                buffer.add("user", "alice")
            }
            let fields = Self.read(line.split(separator: "call: ").last.map(String.init) ?? "")
            #expect(fields["method"] == text.printable, "\(format)")
            #expect(fields["user"] == "alice", "\(format)")
            #expect(fields.count == (format == .text ? 2 : 5), "\(format)")
        }
    }

    @Test("stays valid with random texts")
    func random() throws {
        var numbers = SplitMix(state: 25)
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...12, using: &numbers)).compactMap { _ in
                let number = UInt32.random(in: 0...0x10_FFFF, using: &numbers)
                return Unicode.Scalar(number >> UInt32.random(in: 0...14, using: &numbers))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let json = Self.line(.json) { $0.add("method", text) }
            let fields = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            let read = fields?["method"] as? String
            #expect(read.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test(
        "writes times as RFC 3339 has them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1970-01-01T00:00:00.000Z"), (1_796_089_572_123, "2026-12-01T01:46:12.123Z"),
        ] as [(Int64, String)]
    )
    func times(milliseconds: Int64, text: String) {
        var clock = LogClock()
        var bytes: [UInt8] = []
        clock.append(milliseconds * 1_000_000, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test("writes the largest numbers")
    func numbers() {
        let line = Self.line(.logfmt) { buffer in
            buffer.add("most", Int64.max)
            buffer.add("least", Int64.min)
            buffer.add("milliseconds", milliseconds: .max)
        }
        #expect(line.hasSuffix("most=\(Int64.max) least=\(Int64.min) milliseconds=9223372036854.775\n"))
    }
}
