import Foundation
import Logging
import Testing

@testable import ProxyLogging

@Suite("A log writer")
struct LogWriterTests {
    @Test("writes lines in order, and has written all when it is closed")
    func order() throws {
        let file = NSTemporaryDirectory() + "log-\(UUID()).log"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let writer = try LogWriter(to: .file(file))
        for number in 0..<10_000 { append("\(number)\n", to: writer) }
        #expect(writer.close())
        let expected = (0..<10_000).map { "\($0)\n" }.joined()
        #expect(try String(contentsOfFile: file, encoding: .utf8) == expected)
        append("late\n", to: writer)
        #expect(writer.droppedLines == 1)
    }

    @Test("opens its file again")
    func reopening() throws {
        let file = NSTemporaryDirectory() + "log-\(UUID()).log"
        defer { for name in [file, file + ".1"] { try? FileManager.default.removeItem(atPath: name) } }
        let writer = try LogWriter(to: .file(file))
        append("old\n", to: writer)
        #expect(writer.flush())
        try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
        writer.reopen()
        #expect(writer.flush())
        append("new\n", to: writer)
        #expect(writer.close())
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "new\n")
        #expect(try String(contentsOfFile: file + ".1", encoding: .utf8) == "old\n")
    }

    @Test("refuses a file that cannot be opened")
    func noFile() {
        #expect(throws: LogFileError(path: "/nowhere/a.log", code: ENOENT)) {
            try LogWriter(to: .file("/nowhere/a.log"))
        }
    }

    @Test("drops whole lines while nobody reads, and says how many in one record")
    func dropping() throws {
        let pipe = Pipe()
        let writer = LogWriter(
            to: .standardError,
            writingTo: pipe.fileHandleForWriting.fileDescriptor,
            format: .logfmt
        )
        let line = String(repeating: "x", count: 1_023) + "\n"
        let sent = 10_000
        for _ in 0..<sent { append(line, to: writer) }
        #expect(!writer.flush(within: .milliseconds(1)))
        let dropped = writer.droppedLines
        #expect(dropped > 0)
        let reader = Reading(pipe.fileHandleForReading)
        #expect(writer.close(within: .seconds(60)))
        try pipe.fileHandleForWriting.close()
        let lines = reader.text().split(separator: "\n")
        #expect(lines.count { $0.count == 1_023 && $0.allSatisfy { $0 == "x" } } == sent - dropped)
        let records = lines.filter { $0.contains("dropped=") }
        #expect(records.count == 1 && records[0].hasSuffix(" dropped=\(dropped)"), "\(records)")
        #expect(lines.count == sent - dropped + 1)
    }

    @Test("survives a pipe without a reader, and gives up at the end")
    func brokenPipe() throws {
        let pipe = Pipe()
        let writer = LogWriter(to: .standardError, writingTo: pipe.fileHandleForWriting.fileDescriptor, format: .text)
        try pipe.fileHandleForReading.close()
        append("lost\n", to: writer)
        #expect(!writer.close(within: .milliseconds(50)))
    }

    private func append(_ text: String, to writer: LogWriter) {
        Array(text.utf8).withUnsafeBytes { writer.append($0, lineCount: 1) }
    }
}

/// Reads a pipe to its end on a thread of its own.
private final class Reading: Sendable {
    private let result: Monitor<Data?>

    init(_ handle: FileHandle) {
        let result = Monitor<Data?>(nil)
        self.result = result
        Thread.detachNewThread {
            let data = handle.readDataToEndOfFile()
            result.withLock { $0 = data }
            result.wakeAll()
        }
    }

    func text() -> String {
        result.wait(until: nil) { $0 != nil }
        return result.withLock { String(decoding: $0 ?? Data(), as: UTF8.self) }
    }
}
