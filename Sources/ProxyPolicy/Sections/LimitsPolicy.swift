import CentrifugoProxy

/// The limits that differ from their defaults, by the names on the page Limits in snake case.
struct LimitsPolicy: Codable, Equatable, Sendable {
    typealias Limit = ProxyServer.Limits.Entry

    static let all = ProxyServer.Limits.all
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The limits' texts in the file, by name.
    private(set) var texts: [String: String] = [:]
    private(set) var limits = ProxyServer.Limits()

    init() {}

    init(from decoder: any Decoder) throws {
        // Without a value, the section sets no limits.
        guard try !decoder.singleValueContainer().decodeNil() else { return }
        let container = try decoder.container(keyedBy: AnyCodingKey.self)
        for key in container.allKeys {
            guard Self.byName[key.stringValue] != nil else {
                let known = Self.all.map(\.key).sorted().joined(separator: ", ")
                throw DecodingError.mistake(
                    "is not known here; the limits are \(known)",
                    at: container.codingPath + [key]
                )
            }
            guard try !container.decodeNil(forKey: key) else {
                throw DecodingError.mistake(emptyValue, at: container.codingPath + [key])
            }
            if let mistake = set(key.stringValue, to: try container.decode(String.self, forKey: key)) {
                throw DecodingError.mistake(mistake, at: container.codingPath + [key])
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyCodingKey.self)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            try container.encode(text, forKey: AnyCodingKey(stringValue: name))
        }
    }

    static func == (left: LimitsPolicy, right: LimitsPolicy) -> Bool { left.texts == right.texts }

    /// Sets one limit.
    /// - Returns: What is wrong with the text, as the end of a sentence.
    mutating func set(_ name: String, to text: String) -> String? {
        guard let limit = Self.byName[name] else { return "is not a limit" }
        switch limit.place {
        case .size(let path, let range):
            guard let size = ByteSize(text) else { return ByteSize.mistake(text) }
            guard range.contains(size.bytes) else {
                return "is \"\(text)\"; choose from \(ByteSize(range.lowerBound)) to \(ByteSize(range.upperBound))"
            }
            limits[keyPath: path] = size.bytes
        case .count(let path, let range):
            // In a file, leaving the limit out is clearer than setting it to zero.
            let range = max(1, range.lowerBound)...range.upperBound
            guard let count = Int(text.filter { $0 != "_" }), range.contains(count) else {
                return "is \"\(text)\"; choose a number from \(range.lowerBound) to \(range.upperBound)"
            }
            limits[keyPath: path] = count
        case .time(let path, let range):
            if let mistake = Self.setTime(&limits[keyPath: path], to: text, range) { return mistake }
        case .optionalTime(let path, let range):
            guard text != "never" else {
                limits[keyPath: path] = nil
                break
            }
            var time = Duration.zero
            if let mistake = Self.setTime(&time, to: text, range) { return "\(mistake), or never" }
            limits[keyPath: path] = time
        }
        texts[name] = text
        return nil
    }

    private static func setTime(_ time: inout Duration, to text: String, _ range: ClosedRange<Duration>) -> String? {
        guard let span = TimeSpan(text) else { return TimeSpan.mistake(text) }
        guard range.contains(span.duration) else {
            return "is \"\(text)\"; choose from \(TimeSpan(range.lowerBound)) to \(TimeSpan(range.upperBound))"
        }
        time = span.duration
        return nil
    }
}

extension ProxyServer.Limits.Entry {
    /// The limit's name in a policy file: in snake case.
    var key: String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
    }
}
