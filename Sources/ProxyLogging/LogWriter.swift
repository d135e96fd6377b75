import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes the lines of log handlers, and writes them from a thread of its own.
///
/// Code that logs only copies its lines into a buffer: a slow disk, or a pipe that nobody reads, does not hold it up. Lines that
/// the buffer has no room for are dropped, and one line a second at most says how many they were. A line is written at most
/// 100 ms after it was logged, if the destination takes it, and lines keep their order.
public final class LogWriter: Sendable {
    /// Where lines go.
    public enum Destination: Sendable, Hashable {
        /// The standard error stream.
        case standardError
        /// A file, to which lines are appended; it is made when it is missing.
        case file(String)
    }

    // Bytes of lines that may wait, in addition to those that are being written.
    private static let capacity = 4 * 1_024 * 1_024
    // Bytes at which waiting for more lines does not save anything.
    private static let batch = 64 * 1_024
    // Bytes of memory above which a buffer is not kept for the next lines.
    private static let mostKept = 256 * 1_024
    // Milliseconds of waiting for more lines: each batch wakes the thread once.
    private static let gathering: Int32 = 10

    /// What the thread is asked for.
    private struct Orders {
        var lines: [UInt8] = []
        var lineCount = 0
        var dropped = 0
        /// After how many bytes of `lines` the file is to be opened again; nil when it is not.
        var reopenAt: Int?
        /// The number of the last flush that somebody waits for.
        var flush = 0
        var isClosed = false

        /// Whether more lines are not to be waited for.
        func isUrgent(_ batch: Int) -> Bool {
            lines.count >= batch || reopenAt != nil || isClosed
        }
    }

    /// The format of the lines.
    public let format: LogFormat
    private let destination: Destination
    private let orders = Mutex(Orders())
    private let wakeUp: WakeUp
    private let flushed = Atomic(0)
    private let allDropped = Atomic(0)
    private let descriptor: Atomic<Int32>
    // Bytes of lines that may wait.
    private let limit: Int

    /// Opens the destination, and starts the thread.
    ///
    /// - Parameters:
    ///   - destination: Where lines go.
    ///   - format: The format of the lines.
    /// - Throws: ``LogFileError`` when the file cannot be opened.
    public convenience init(_ destination: Destination, format: LogFormat = .text) throws(LogFileError) {
        self.init(destination, try LogFile.open(destination), format, WakeUp(), capacity: Self.capacity)
    }

    /// Makes a writer for a descriptor, such as a pipe in a test.
    package init(
        _ destination: Destination,
        _ descriptor: Int32,
        _ format: LogFormat,
        _ wakeUp: WakeUp,
        capacity: Int
    ) {
        self.destination = destination
        self.descriptor = Atomic(descriptor)
        self.format = format
        self.wakeUp = wakeUp
        limit = capacity
        LogThread.start { [self] in run() }
    }

    /// How many lines were dropped since the start.
    public var droppedLines: Int { allDropped.load(ordering: .relaxed) }

    // MARK: From any thread

    /// Takes complete lines.
    package func append(_ lines: UnsafeRawBufferPointer, lineCount: Int) {
        let wasIdle = orders.withLock { orders in
            guard orders.lines.count + lines.count <= limit, !orders.isClosed else {
                orders.dropped += lineCount
                allDropped.add(lineCount, ordering: .relaxed)
                return false
            }
            let before = orders.lines.count
            orders.lines.append(contentsOf: lines)
            orders.lineCount += lineCount
            // The thread waits without an end, or for a batch.
            return before == 0 || (before < Self.batch && orders.lines.count >= Self.batch)
        }
        if wasIdle { wakeUp.wake() }
    }

    /// Opens the file again, for example after it was renamed; what was logged before is in the old one.
    ///
    /// If it cannot be opened, the old file stays, and a line says so.
    public func reopen() {
        orders.withLock { $0.reopenAt = $0.reopenAt ?? $0.lines.count }
        wakeUp.wake()
    }

    /// Waits until all that was logged before is written, but not longer than two seconds.
    ///
    /// - Returns: Whether it is written.
    @discardableResult
    public func flush() -> Bool {
        wait(for: askForFlush())
    }

    /// Flushes, and ends the thread; lines that are logged later are dropped.
    public func close() {
        let isWritten = flush()
        let last = askForFlush(andEnd: true)
        // What was logged since the first flush; when that has waited in vain, this would as well.
        if isWritten { wait(for: last) }
    }

    /// Asks the thread for a flush, unless it has been asked to end; returns the number of the last flush.
    private func askForFlush(andEnd: Bool = false) -> Int {
        let number = orders.withLock { orders in
            if !orders.isClosed {
                orders.flush += 1
                orders.isClosed = andEnd
            }
            return orders.flush
        }
        wakeUp.wake()
        return number
    }

    @discardableResult
    private func wait(for number: Int) -> Bool {
        // This is for the end of a process: nothing is worth waking somebody for it.
        for _ in 0..<2_000 where flushed.load(ordering: .acquiring) < number { usleep(1_000) }
        return flushed.load(ordering: .acquiring) >= number
    }

    // MARK: The thread

    private func run() {
        var report = LogReport()
        var spare: [UInt8] = []
        while true {
            wakeUp.wait(milliseconds: report.wait(at: Self.milliseconds))
            let isUrgent = orders.withLock { $0.isUrgent(Self.batch) }
            if !isUrgent { wakeUp.wait(milliseconds: Self.gathering) }
            if writeAll(&report, &spare) { break }
        }
        if case .file = destination { LogFile.close(descriptor.load(ordering: .relaxed)) }
    }

    /// Does what was asked for, until nothing is left; returns whether that was the end.
    ///
    /// Lines are gathered in `spare` meanwhile: memory that was written before costs no page faults.
    private func writeAll(_ report: inout LogReport, _ spare: inout [UInt8]) -> Bool {
        while true {
            var now = orders.withLock { orders in
                let now = orders
                orders.lines = []
                swap(&spare, &orders.lines)
                orders.lineCount = 0
                orders.dropped = 0
                orders.reopenAt = nil
                return now
            }
            if let place = now.reopenAt {
                write(Array(now.lines[..<place]), &report)
                if let kept = reopenFile() { write(kept, &report) }
                write(Array(now.lines[place...]), &report)
            } else {
                write(now.lines, &report)
            }
            report.add(dropped: now.dropped, at: Self.milliseconds)
            // A flush tells all.
            let isAwaited = now.flush != flushed.load(ordering: .relaxed)
            if let (message, dropped) = report.take(at: Self.milliseconds, isUrgent: isAwaited) {
                write(line(.warning, message, dropped), &report)
            }
            swap(&now.lines, &spare)
            spare.removeAll(keepingCapacity: spare.count <= Self.mostKept)
            flushed.store(now.flush, ordering: .releasing)
            let (isLeft, isClosed) = orders.withLock { orders in
                (!orders.lines.isEmpty || orders.dropped > 0 || orders.flush != now.flush, orders.isClosed)
            }
            // After the end only lines come that are dropped: nobody is told of them.
            if isClosed ? now.isClosed : !isLeft { return isClosed }
        }
    }

    /// Writes whole lines, however long that takes; notes why it had to wait.
    private func write(_ bytes: [UInt8], _ report: inout LogReport) {
        var written = 0
        /// Why a file could not be opened again, which is told after the lines: the last one may be written in part.
        var kept: [UInt8]?
        defer { if let kept { write(kept, &report) } }
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                LogFile.write(descriptor.load(ordering: .relaxed), UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            if count >= 0 {
                written += count
                continue
            }
            let number = errno
            switch number {
            case EINTR: break
            // Somebody has made a shared stream non-blocking.
            case EAGAIN: WakeUp.waitUntilWritable(descriptor.load(ordering: .relaxed))
            default:
                report.add(failure: String(cString: strerror(number)), at: Self.milliseconds)
                // The disk is full, or the reader has gone: there may be room again, or another file.
                let (isClosed, wantsReopening) = orders.withLock { orders in
                    defer { orders.reopenAt = nil }
                    return (orders.isClosed, orders.reopenAt != nil)
                }
                guard !isClosed else {
                    allDropped.add(bytes[written...].count { $0 == UInt8(ascii: "\n") }, ordering: .relaxed)
                    return
                }
                guard wantsReopening, destination != .standardError else {
                    wakeUp.wait(milliseconds: 1_000)
                    continue
                }
                kept = reopenFile()
                // A line of which the old file has only a part is whole in the new one.
                if kept == nil { written = bytes[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0 }
            }
        }
    }

    /// Opens the file again; returns a line that says why that was not possible.
    private func reopenFile() -> [UInt8]? {
        guard case .file(let path) = destination else { return nil }
        do {
            let new = try LogFile.open(destination)
            let old = descriptor.exchange(new, ordering: .relaxed)
            LogFile.close(old)
            return nil
        } catch {
            return line(.error, "kept the old log file, since \(path) cannot be opened again: \(error.reason)")
        }
    }

    private func line(_ level: Logger.Level, _ message: String, _ dropped: Int? = nil) -> [UInt8] {
        var buffer = LogLineBuffer(format)
        buffer.begin(at: LogClock.now, level, message)
        if let dropped { buffer.add("dropped", Int64(dropped)) }
        buffer.end()
        var line: [UInt8] = []
        buffer.take { line = Array($0) }
        return line
    }

    /// A time that only grows, in milliseconds.
    private static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}
