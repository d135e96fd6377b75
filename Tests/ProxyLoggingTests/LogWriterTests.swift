import Foundation
import Logging
import Testing

@testable import ProxyLogging

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder.appendingPathComponent("server.log").path }

    private func content(_ path: String? = nil) throws -> String {
        try String(contentsOfFile: path ?? self.path, encoding: .utf8)
    }

    private func append(_ text: String, to writer: LogWriter, lines: Int = 1) {
        var text = text
        text.withUTF8 { writer.append(UnsafeRawBufferPointer($0), lineCount: lines) }
    }

    @Test("appends lines to its file, in the order in which they came")
    func order() throws {
        try "before\n".write(toFile: path, atomically: false, encoding: .utf8)
        let writer = try LogWriter(.file(path))
        for number in 0..<10_000 { append("line \(number)\n", to: writer) }
        #expect(writer.flush() && writer.droppedLines == 0)
        #expect(try content() == "before\n" + (0..<10_000).map { "line \($0)\n" }.joined())
        writer.close()
        append("late\n", to: writer)
        #expect(writer.droppedLines == 1)
    }

    @Test("takes lines from many threads, each one whole")
    func threads() async throws {
        let writer = try LogWriter(.file(path))
        await withTaskGroup { tasks in
            for task in 0..<8 {
                tasks.addTask { for number in 0..<500 { append("task \(task) line \(number)\n", to: writer) } }
            }
        }
        writer.close()
        let lines = try content().split(separator: "\n")
        #expect(lines.count == 4_000)
        for task in 0..<8 {
            let own = lines.filter { $0.hasPrefix("task \(task) ") }
            #expect(own.map(String.init) == (0..<500).map { "task \(task) line \($0)" })
        }
    }

    @Test("writes or counts each line that comes while it is closed, and waits for nothing later")
    func closing() async throws {
        for round in 0..<20 {
            let writer = try LogWriter(.file(path))
            let sender = Task.detached {
                for number in 0..<2_000 { append("round \(round) line \(number)\n", to: writer) }
            }
            writer.close()
            await sender.value
            let written = try content().split(separator: "\n").count { $0.hasPrefix("round \(round) line ") }
            #expect(written + writer.droppedLines == 2_000)
            let start = ContinuousClock.now
            writer.close()
            #expect(writer.flush())
            #expect(ContinuousClock.now - start < .seconds(1))
        }
    }

    @Test("opens its file again after it was renamed")
    func reopening() throws {
        let writer = try LogWriter(.file(path))
        append("old\n", to: writer)
        writer.flush()
        let renamed = path + ".1"
        try FileManager.default.moveItem(atPath: path, toPath: renamed)
        append("still old\n", to: writer)
        writer.flush()
        // Without a wait in between: what comes after it is in the new file all the same.
        append("old as well\n", to: writer)
        writer.reopen()
        append("new\n", to: writer)
        writer.close()
        #expect(try content(renamed) == "old\nstill old\nold as well\n")
        #expect(try content() == "new\n")
    }

    @Test("keeps its file when it cannot be opened again, and says so")
    func failedReopening() throws {
        let writer = try LogWriter(.file(path), format: .logfmt)
        let renamed = folder.path + "-moved"
        try FileManager.default.moveItem(atPath: folder.path, toPath: renamed)
        writer.reopen()
        writer.flush()
        writer.close()
        let lines = try content(renamed + "/server.log")
        #expect(lines.contains("kept the old log file") && lines.contains("level=error"))
    }

    @Test("refuses a file that cannot be opened in one sentence")
    func refusal() {
        #expect {
            try LogWriter(.file("/nowhere/server.log"))
        } throws: { error in
            "\(error)"
                == "The log file /nowhere/server.log cannot be opened (No such file or directory); choose a file that "
                + "this user may write."
        }
    }

    @Test("drops what a full pipe does not take, counts it exactly, and holds nobody up")
    func fullPipe() async throws {
        let pipe = Pipe()
        let capacity = 64 * 1_024
        let descriptor = dup(pipe.fileHandleForWriting.fileDescriptor)
        let writer = LogWriter(.standardError, descriptor, .logfmt, WakeUp(), capacity: capacity)
        let line = String(repeating: "x", count: 99) + "\n"
        // Far more than the pipe and the buffer take together.
        let sent = 10_000
        for _ in 0..<sent { append(line, to: writer) }
        #expect(writer.droppedLines > sent / 2)
        // Nobody reads yet: it gives up waiting.
        #expect(!writer.flush())
        pipe.fileHandleForWriting.closeFile()
        let reader = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        #expect(writer.flush())
        writer.close()
        close(descriptor)
        let text = String(decoding: await reader.value, as: UTF8.self)
        let lines = text.split(separator: "\n")
        let reports = lines.filter { $0.contains("dropped=") }
        let dropped = reports.compactMap { $0.split(separator: "dropped=").last.flatMap { Int($0) } }.reduce(0, +)
        // One line for the whole flood.
        #expect(dropped == writer.droppedLines && reports.count == 1)
        #expect(lines.filter { $0.hasPrefix("xx") }.count + dropped == sent)
        #expect(lines.allSatisfy { $0.count == 99 || $0.contains("dropped=") })
    }

    @Test("writes a line whole into the new file when the old one took only a part of it")
    func partialLine() throws {
        let pipe = Pipe()
        let descriptor = dup(pipe.fileHandleForWriting.fileDescriptor)
        // What fits is written at once, in the midst of a line.
        #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        pipe.fileHandleForWriting.closeFile()
        let writer = LogWriter(.file(path), descriptor, .logfmt, WakeUp(), capacity: 1_024 * 1_024)
        let lines = (0..<3_000).map { String(format: "line %094d\n", $0) }
        append(lines.joined(), to: writer, lines: lines.count)
        let first = try #require(try pipe.fileHandleForReading.read(upToCount: 1))
        #expect(first == Data("l".utf8))
        pipe.fileHandleForReading.closeFile()
        writer.reopen()
        writer.close()
        let written = try content().split(separator: "\n", omittingEmptySubsequences: true).map { "\($0)\n" }
        #expect(written.count < lines.count && written.count > 1)
        #expect(written.dropLast() == lines.suffix(written.count - 1))
        #expect(written.last?.contains("the log could not be written: Broken pipe") == true)
    }

    @Test("refuses a named pipe that nothing reads, without waiting for a reader, and takes one with a reader")
    func namedPipe() throws {
        #expect(mkfifo(path, 0o600) == 0)
        #expect {
            try LogWriter(.file(path))
        } throws: { error in
            "\(error)"
                == "The log file \(path) cannot be opened (it is a pipe that nothing reads, or a socket); choose a file that "
                + "this user may write."
        }
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        let writer = try LogWriter(.file(path))
        append("read\n", to: writer)
        writer.close()
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 5)
        close(reader)
    }

    @Test("survives a pipe without a reader")
    func brokenPipe() throws {
        let pipe = Pipe()
        let descriptor = dup(pipe.fileHandleForWriting.fileDescriptor)
        pipe.fileHandleForReading.closeFile()
        pipe.fileHandleForWriting.closeFile()
        let writer = LogWriter(.standardError, descriptor, .text, WakeUp(), capacity: 1_024)
        append("nobody reads this\n", to: writer)
        #expect(!writer.flush())
    }
}
