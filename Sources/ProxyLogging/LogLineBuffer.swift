package import Logging

/// Lines of one format, which are written field by field into a buffer that is used again.
package struct LogLineBuffer {
    private var bytes: [UInt8] = []
    /// How many lines are complete.
    package private(set) var count = 0
    private let format: LogFormat

    package init(_ format: LogFormat) {
        self.format = format
    }

    /// Begins a line; `time` is in nanoseconds since 1970.
    package mutating func begin(at time: Int64, _ level: Logger.Level, _ message: String) {}

    /// Adds a field whose text may be anything.
    package mutating func add(_ key: StaticString, _ text: String) {}

    /// Adds a whole number.
    package mutating func add(_ key: StaticString, _ number: Int64) {}

    /// Adds a duration in nanoseconds, as milliseconds with three decimals.
    package mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64) {}

    package mutating func end() { count += 1 }

    /// Lends the lines, and discards them.
    package mutating func take(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes(body)
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }
}
