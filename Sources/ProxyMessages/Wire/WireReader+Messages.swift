import ProtobufWire

extension WireReader {
    /// Merges the field into `value`, since a singular message may come in several pieces.
    mutating func read<Message: WireMessage>(
        _ value: inout Message?,
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        // Only the pieces that come after the first one count: a message has a few such fields at most.
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

    /// Takes one entry of a map; a key that comes again replaces the earlier entry.
    ///
    /// Messages have dictionaries of strings, which cannot tell keys apart that are equal for Swift and have other bytes
    /// (see ``ExactText``). Of such keys the last one stays, with its own value.
    mutating func read(_ map: inout [String: String], _ name: StaticString) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        let entry = try nested(in: WireTextEntry(), name)
        map.replace(entry.key, with: entry.value)
    }

    /// Takes one entry of a map from strings to messages, as that of one from strings to strings.
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

    /// Reads a length and merges a message of as many bytes into `message`.
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
    /// Sets a value and its key: setting the value alone would leave an equal key of other bytes in its place.
    fileprivate mutating func replace(_ key: String, with value: Value) {
        if let index = index(forKey: key), !self[index].key.isExactly(key) { remove(at: index) }
        self[key] = value
    }
}
