package import Logging

/// Lines of one format, which are written field by field into a buffer that is used again.
///
/// For code that writes many lines with the same fields: nothing is allocated for a line. Texts may be anything; each record
/// stays on one line.
package struct LogLineBuffer {
    private let format: LogFormat
    private var bytes: [UInt8] = []
    private var clock = LogClock()
    /// How lines of a moment, a level and a message begin: a tick writes many of these.
    private var head: (time: Int64, level: Logger.Level, message: String, bytes: [UInt8])?
    /// A duration and its text: calls that came together have taken equally long.
    private var duration: (nanoseconds: Int64, bytes: [UInt8])?
    /// How many lines are complete.
    package private(set) var count = 0

    /// Makes an empty buffer with room for so many bytes.
    package init(_ format: LogFormat, capacity: Int = 32 * 1_024) {
        self.format = format
        bytes.reserveCapacity(capacity)
    }

    /// Begins a line.
    ///
    /// - Parameters:
    ///   - time: Nanoseconds since 1970.
    ///   - level: The record's level.
    ///   - message: The record's message.
    package mutating func begin(at time: Int64, _ level: Logger.Level, _ message: String) {
        if let head, head.time == time, head.level == level, head.message == message {
            return bytes.append(contentsOf: head.bytes)
        }
        let start = bytes.count
        write(time, level, message)
        head = (time, level, message, Array(bytes[start...]))
    }

    private mutating func write(_ time: Int64, _ level: Logger.Level, _ message: String) {
        switch format {
        case .text:
            clock.append(time, to: &bytes)
            append(" ")
            append(level.rawValue)
            append(" ")
            bytes.append(contentsOf: message.printable.utf8)
            append(":")
        case .json:
            append(#"{"time":""#)
            clock.append(time, to: &bytes)
            append(#"","level":""#)
            append(level.rawValue)
            append(#"","message":"#)
            JSONText.append(message, to: &bytes)
        case .logfmt:
            append("time=")
            clock.append(time, to: &bytes)
            append(" level=")
            append(level.rawValue)
            append(" message=")
            FieldText.append(message, to: &bytes)
        }
    }

    /// Adds a field.
    package mutating func add(_ key: StaticString, _ text: String) {
        key.withUTF8Buffer { begin($0) }
        value(text)
    }

    /// Adds a field whose name is not fixed.
    package mutating func add(key: String, _ text: String) {
        var key = key
        switch format {
        case .json:
            append(",")
            JSONText.append(key, to: &bytes)
            append(":")
        case .text, .logfmt:
            // A name with a space, a quote or an equals sign would look like several fields.
            if !key.utf8.allSatisfy(FieldText.isName) {
                key = String(decoding: key.utf8.map { FieldText.isName($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
            }
            key.withUTF8 { begin($0) }
        }
        value(text)
    }

    /// Adds a whole number.
    package mutating func add(_ key: StaticString, _ number: Int64) {
        key.withUTF8Buffer { begin($0) }
        DecimalText.append(number, to: &bytes)
    }

    /// Adds a duration in nanoseconds, as milliseconds with three decimals.
    package mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64) {
        key.withUTF8Buffer { begin($0) }
        if let duration, duration.nanoseconds == nanoseconds { return bytes.append(contentsOf: duration.bytes) }
        let start = bytes.count
        MillisecondText.append(nanoseconds, to: &bytes)
        duration = (nanoseconds, Array(bytes[start...]))
    }

    /// Ends the line.
    package mutating func end() {
        if format == .json { append("}") }
        bytes.append(UInt8(ascii: "\n"))
        count += 1
    }

    /// Lends the lines, and discards them.
    package mutating func take(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes(body)
        bytes.removeAll(keepingCapacity: bytes.count <= 256 * 1_024)
        count = 0
    }

    private mutating func begin(_ key: UnsafeBufferPointer<UInt8>) {
        switch format {
        case .json:
            append(",\"")
            bytes.append(contentsOf: key)
            append("\":")
        case .text, .logfmt:
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: key)
            bytes.append(UInt8(ascii: "="))
        }
    }

    private mutating func value(_ text: String) {
        switch format {
        case .json: JSONText.append(text, to: &bytes)
        case .text, .logfmt: FieldText.append(text, to: &bytes)
        }
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
