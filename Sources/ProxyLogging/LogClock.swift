#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day, and the text of times such as `2026-12-01T01:46:12.123Z` (RFC 3339, UTC).
package struct LogClock {
    private static let day: Int64 = 86_400
    private static let second: Int64 = 1_000_000_000

    /// The second whose text is kept: many lines have the same one.
    private var known = Int64.min
    private var text: [UInt8] = []

    /// The time of day, in nanoseconds since 1970.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Appends a time in nanoseconds since 1970.
    mutating func append(_ time: Int64, to bytes: inout [UInt8]) {
        let time = max(0, time)
        let second = time / Self.second
        if second != known {
            known = second
            text.removeAll(keepingCapacity: true)
            Self.write(second, to: &text)
        }
        bytes.append(contentsOf: text)
        DecimalText.append(time % Self.second / 1_000_000, digits: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func write(_ second: Int64, to text: inout [UInt8]) {
        let (year, month, dayOfMonth) = date(ofDay: second / day)
        let time = second % day
        let parts: [(number: Int64, digits: Int, separator: Character)] = [
            (year, 4, "-"), (month, 2, "-"), (dayOfMonth, 2, "T"), (time / 3_600, 2, ":"), (time / 60 % 60, 2, ":"),
            (time % 60, 2, "."),
        ]
        for (number, digits, separator) in parts {
            DecimalText.append(number, digits: digits, to: &text)
            text.append(contentsOf: String(separator).utf8)
        }
    }

    /// The Gregorian date of a day since 1970.
    ///
    /// Years are counted from March, so that the leap day is a year's last.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 days are 400 years.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
