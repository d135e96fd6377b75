import ProtobufWire

extension WireWriter {
    mutating func write<Message: WireMessage>(_ message: Message?, field: UInt32) {
        if let message {
            append(message, field: field)
        }
    }

    mutating func write<Message: WireMessage>(_ messages: [Message], field: UInt32) {
        for message in messages {
            append(message, field: field)
        }
    }

    /// Writes the entries in the order of their keys' UTF-8 bytes, so that equal messages have equal bytes.
    mutating func write(_ map: [String: String], field: UInt32) {
        guard !map.isEmpty else {
            return
        }
        for (key, value) in map.inKeyOrder {
            append(WireTextEntry(key: key, value: value), field: field)
        }
    }

    /// Writes the entries in the order of their keys' UTF-8 bytes, so that equal messages have equal bytes.
    mutating func write<Message: WireMessage>(_ map: [String: Message], field: UInt32) {
        guard !map.isEmpty else {
            return
        }
        for (key, value) in map.inKeyOrder {
            append(WireMessageEntry(key: key, value: value), field: field)
        }
    }

    private mutating func append<Message: WireMessage>(_ message: Message, field: UInt32) {
        let start = openMessage(field: field)
        message.encode(into: &self)
        closeMessage(from: start)
    }
}

extension Dictionary where Key == String {
    fileprivate var inKeyOrder: [(key: String, value: Value)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
