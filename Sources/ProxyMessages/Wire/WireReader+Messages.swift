import ProtobufWire

extension WireReader {
    /// Merges the field into `value`, since a singular message may arrive in several pieces.
    mutating func read<Message: WireMessage>(
        _ value: inout Message?,
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        // Only the pieces after the first one are counted: a message has few such fields.
        if value != nil { try countElement(in: name) }
        value = try nested(in: value.take() ?? Message(), name)
    }

    mutating func read<Message: WireMessage>(
        _ values: inout [Message],
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        values.append(try nested(in: Message(), name))
    }

    /// Reads one entry of a map; a repeated key replaces the earlier entry.
    ///
    /// Messages have dictionaries of strings, which cannot distinguish keys that Swift considers equal but that differ
    /// in their bytes (see ``ExactText``). Of such keys the last one stays, with its own value.
    mutating func read(_ map: inout [String: String], _ name: StaticString) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        let entry = try nested(in: WireTextEntry(), name)
        map.replace(entry.key, with: entry.value)
    }

    /// Reads one entry of a map from strings to messages, like that of a map from strings to strings.
    mutating func read<Message: WireMessage>(
        _ map: inout [String: Message],
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        let entry = try nested(in: WireMessageEntry<Message>(), name)
        map.replace(entry.key, with: entry.value ?? Message())
    }

    /// Reads a length, and merges a message of that many bytes into `message`.
    private mutating func nested<Message: WireMessage>(
        in message: consuming Message,
        _ name: StaticString
    ) throws(WireError) -> Message {
        do throws(WireError) {
            let outerEnd = try openMessage()
            try message.merge(from: &self)
            closeMessage(outerEnd)
            return message
        } catch {
            throw .inField(name, error)
        }
    }
}

extension Dictionary where Key == String {
    /// Replaces a value and its key: setting only the value would keep an equal key with other bytes.
    fileprivate mutating func replace(_ key: String, with value: Value) {
        if let index = index(forKey: key), !self[index].key.isExactly(key) { remove(at: index) }
        self[key] = value
    }
}
