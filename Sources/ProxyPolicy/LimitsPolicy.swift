import CentrifugoProxy

/// The limits that differ from their defaults, by the names of the README's table in snake case.
struct LimitsPolicy: Codable, Equatable, Sendable {
    typealias Limits = ProxyServer.Limits

    /// One limit of the server.
    struct Limit: Sendable {
        enum Place: Sendable {
            case size(any WritableKeyPath<Limits, Int> & Sendable)
            case count(any WritableKeyPath<Limits, Int> & Sendable)
            case time(any WritableKeyPath<Limits, Duration> & Sendable)
            case optionalTime(any WritableKeyPath<Limits, Duration?> & Sendable)
        }

        let name: String
        let place: Place
        /// The largest value that the server can keep.
        let most: Int

        init(_ name: String, _ place: Place, most: Int = .max) {
            self.name = name
            self.place = place
            self.most = most
        }
    }

    static let all = [
        Limit("max_request_size", .size(\.maxRequestSize)),
        Limit("max_answer_size", .size(\.maxAnswerSize)),
        Limit("max_message_elements", .count(\.maxMessageElements)),
        Limit("max_header_list_size", .size(\.maxHeaderListSize), most: Limits.largestHeaderList),
        Limit("max_concurrent_streams", .count(\.maxConcurrentStreams)),
        Limit("max_undecided_streams", .count(\.maxUndecidedStreams)),
        Limit("max_concurrent_calls", .count(\.maxConcurrentCalls)),
        Limit("max_abandoned_calls", .count(\.maxAbandonedCalls)),
        Limit("max_built_in_streams", .count(\.maxBuiltInStreams)),
        Limit("request_timeout", .time(\.requestTimeout)),
        Limit("first_message_timeout", .time(\.firstMessageTimeout)),
        Limit("stream_buffer_size", .size(\.streamBufferSize)),
        Limit("max_connection_memory", .size(\.maxConnectionMemory)),
        Limit("max_unsent_size", .size(\.maxUnsentSize)),
        Limit("max_quick_resets", .count(\.maxQuickResets)),
        Limit("max_control_frames", .count(\.maxControlFrames)),
        Limit("max_connections", .count(\.maxConnections)),
        Limit("handshake_timeout", .time(\.handshakeTimeout)),
        Limit("idle_timeout", .time(\.idleTimeout)),
        Limit("keepalive_interval", .time(\.keepaliveInterval)),
        Limit("keepalive_timeout", .time(\.keepaliveTimeout)),
        Limit("unread_timeout", .time(\.unreadTimeout)),
        Limit("max_connection_age", .optionalTime(\.maxConnectionAge)),
        Limit("drain_delay", .time(\.drainDelay)),
        Limit("grace_period", .time(\.gracePeriod)),
        Limit("stream_drain_window", .time(\.streamDrainWindow)),
    ]

    /// The texts of the file, by name.
    private(set) var texts: [String: String] = [:]
    private(set) var limits = Limits()

    init() {}

    init(from decoder: any Decoder) throws {
        // Nothing behind the key is a section without limits.
        guard try !decoder.singleValueContainer().decodeNil() else { return }
        let container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys {
            guard Self.all.contains(where: { $0.name == key.stringValue }) else {
                let known = Self.all.map(\.name).sorted().joined(separator: ", ")
                throw DecodingError.mistake(
                    "is not known here; the limits are \(known)",
                    at: container.codingPath + [key]
                )
            }
            if let mistake = set(key.stringValue, to: try container.decode(String.self, forKey: key)) {
                throw DecodingError.mistake(mistake, at: container.codingPath + [key])
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyKey.self)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            try container.encode(text, forKey: AnyKey(stringValue: name))
        }
    }

    static func == (left: LimitsPolicy, right: LimitsPolicy) -> Bool { left.texts == right.texts }

    /// Sets one limit.
    /// - Returns: What is wrong with the text, as the end of a sentence.
    mutating func set(_ name: String, to text: String) -> String? {
        guard let limit = Self.all.first(where: { $0.name == name }) else { return "is no limit" }
        switch limit.place {
        case .size(let path):
            guard let size = ByteSize(text), size.bytes > 0 else { return ByteSize.mistake(text) }
            guard size.bytes <= limit.most else { return "is \"\(text)\" and can be \(limit.most) bytes at most" }
            limits[keyPath: path] = size.bytes
        case .count(let path):
            guard let count = Int(text.filter { $0 != "_" }), count > 0 else {
                return "is \"\(text)\" and no number above 0"
            }
            limits[keyPath: path] = count
        case .time(let path):
            guard let span = TimeSpan(text) else { return TimeSpan.mistake(text) }
            limits[keyPath: path] = span.duration
        case .optionalTime(let path):
            guard text != "never" else {
                limits[keyPath: path] = nil
                break
            }
            guard let span = TimeSpan(text), span.milliseconds > 0 else { return TimeSpan.mistake(text) + ", or never" }
            limits[keyPath: path] = span.duration
        }
        texts[name] = text
        return nil
    }
}
