import ProtobufWire

/// Application data that a handler sends: the `data` and `info` of a result.
///
/// What clients with JSON receive must be JSON. A payload therefore remembers where its bytes come from, so that text
/// becomes a JSON string for them, and bytes are checked unless they are known to be JSON.
public struct Payload: Sendable {
    /// Where the bytes come from.
    package enum Content: Sendable {
        /// Anything; for clients with JSON it has to turn out to be JSON.
        case bytes([UInt8])
        /// Text; for clients with JSON it becomes a JSON string.
        case text(String)
        /// JSON that needs no check.
        case json([UInt8])
    }

    package let content: Content

    package init(content: Content) {
        self.content = content
    }

    /// Makes a payload of bytes that are known to be valid JSON.
    package init(json: [UInt8]) {
        content = .json(json)
    }

    /// No data.
    public static let empty = Payload(content: .bytes([]))

    /// Makes a payload of bytes; for clients with JSON they have to be JSON.
    public static func bytes(_ bytes: [UInt8]) -> Payload {
        Payload(content: .bytes(bytes))
    }

    /// Makes a payload of text, which becomes a JSON string for clients with JSON.
    public static func text(_ text: String) -> Payload {
        Payload(content: .text(text))
    }

    /// The payload's bytes; of text, its UTF-8.
    public var bytes: [UInt8] {
        switch content {
        case .bytes(let bytes), .json(let bytes): bytes
        case .text(let text): [UInt8](text.utf8)
        }
    }

    /// Whether there are no bytes.
    public var isEmpty: Bool {
        switch content {
        case .bytes(let bytes), .json(let bytes): bytes.isEmpty
        case .text(let text): text.isEmpty
        }
    }
}

extension Payload: Equatable {
    /// Compares the bytes, wherever they come from.
    public static func == (left: Payload, right: Payload) -> Bool {
        left.bytes == right.bytes
    }
}

extension Payload: ExpressibleByStringLiteral {
    /// Makes a payload of text.
    public init(stringLiteral text: String) {
        self = .text(text)
    }
}

extension WireReader {
    /// Reads a payload as plain bytes.
    mutating func read(_ payload: inout Payload, _ name: StaticString) throws(WireError) {
        var bytes = payload.bytes
        try read(&bytes, name)
        payload = .bytes(bytes)
    }
}

extension WireWriter {
    /// Writes the payload's bytes straight from where they are.
    mutating func write(_ payload: Payload, field: UInt32) {
        switch payload.content {
        case .bytes(let bytes), .json(let bytes): write(bytes, field: field)
        case .text(let text): write(text, field: field)
        }
    }
}
