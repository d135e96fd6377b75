import ProtobufWire

/// Application data that a handler sends: the `data` and `info` of a result.
///
/// Clients with JSON must receive JSON. A payload therefore stores the kind of its content: text becomes a JSON string
/// for them, and bytes are checked unless they are known to be JSON.
public struct Payload: Sendable {
    /// The kind of content.
    package enum Content: Sendable {
        /// Any bytes; for clients with JSON they must be valid JSON.
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

    /// Makes a payload from bytes that are known to be valid JSON.
    package init(json: [UInt8]) {
        content = .json(json)
    }

    /// No data.
    public static let empty = Payload(content: .bytes([]))

    /// Makes a payload from bytes; for clients with JSON they must be valid JSON.
    public static func bytes(_ bytes: [UInt8]) -> Payload {
        Payload(content: .bytes(bytes))
    }

    /// Makes a payload from text, which becomes a JSON string for clients with JSON.
    public static func text(_ text: String) -> Payload {
        Payload(content: .text(text))
    }

    /// The payload's bytes; for text, its UTF-8.
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
    /// Compares the bytes, whatever the kind of content.
    public static func == (left: Payload, right: Payload) -> Bool {
        left.bytes == right.bytes
    }
}

extension Payload: ExpressibleByStringLiteral {
    /// Makes a payload from text.
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
    /// Writes the payload's bytes without copying them first.
    mutating func write(_ payload: Payload, field: UInt32) {
        switch payload.content {
        case .bytes(let bytes), .json(let bytes): write(bytes, field: field)
        case .text(let text): write(text, field: field)
        }
    }
}
