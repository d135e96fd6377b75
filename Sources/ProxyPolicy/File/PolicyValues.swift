import CentrifugoProxy

/// A time in a policy file: `500ms`, `10s`, `5min`, `2h`, `7d`.
struct TimeSpan: Codable, Equatable, Sendable, CustomStringConvertible {
    private static let units = [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)]

    let milliseconds: Int

    var duration: Duration { .milliseconds(milliseconds) }

    /// In the syntax of policy files.
    var description: String {
        let unit = Self.units.last { milliseconds % $0.1 == 0 && milliseconds >= $0.1 } ?? ("s", 1_000)
        return "\(milliseconds / unit.1)\(unit.0)"
    }

    /// The message about a text that is not a duration.
    static func mistake(_ text: String) -> String {
        "is \"\(text)\", which is not a duration; write for example 500ms, 10s, 5min, 2h or 7d"
    }

    init(_ duration: Duration) {
        milliseconds =
            Int(duration.components.seconds) * 1_000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)
    }

    init?(_ text: String) {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let count = Int(number), let factor = Self.units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow, product <= 315_360_000_000 else { return nil }
        milliseconds = product
    }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let span = TimeSpan(text) else {
            throw DecodingError.mistake(Self.mistake(text), at: decoder.codingPath)
        }
        self = span
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Policy {
    /// A duration in the syntax of policy files, such as `10min`; nil for any other text.
    package static func duration(_ text: String) -> Duration? {
        TimeSpan(text)?.duration
    }
}

/// A size in a policy file: bytes, or `64KiB`, `4MiB`.
struct ByteSize: Codable, Equatable, Sendable, CustomStringConvertible {
    private static let units = [
        ("", 1), ("B", 1), ("KiB", 1_024), ("MiB", 1_024 * 1_024), ("GiB", 1_024 * 1_024 * 1_024),
    ]

    let bytes: Int

    /// In the syntax of policy files.
    var description: String {
        let unit = Self.units.dropFirst(2).last { bytes % $0.1 == 0 && bytes >= $0.1 }
        return unit.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)"
    }

    /// The message about a text that is not a size.
    static func mistake(_ text: String) -> String {
        "is \"\(text)\", which is not a size; write bytes, or for example 64KiB or 4MiB"
    }

    init(_ bytes: Int) {
        self.bytes = bytes
    }

    init?(_ text: String) {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "_" }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        let digits = number.filter { $0 != "_" }
        guard let count = Int(digits), let factor = Self.units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        bytes = product
    }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let size = ByteSize(text) else {
            throw DecodingError.mistake(Self.mistake(text), at: decoder.codingPath)
        }
        self = size
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if Int(description) == bytes { try container.encode(bytes) } else { try container.encode(description) }
    }
}

/// A value that is never shown.
struct Secret: Codable, Equatable, Sendable, CustomStringConvertible {
    let text: String

    var description: String { "********" }

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Secret, right: Secret) -> Bool {
        left.text.isExactly(right.text)
    }

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
