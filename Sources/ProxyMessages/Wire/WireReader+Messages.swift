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
        value = try nested(in: value.take() ?? Message(), name)
    }

    mutating func read<Message: WireMessage>(
        _ values: inout [Message],
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        values.append(try nested(in: Message(), name))
    }

    /// Takes one entry of a map; a key that comes again replaces the earlier entry.
    ///
    /// Swift compares strings by canonical equivalence, so two keys that differ only in their Unicode normal form are
    /// one key here.
    mutating func read(_ map: inout [String: String], _ name: StaticString) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        let entry = try nested(in: WireTextEntry(), name)
        map[entry.key] = entry.value
    }

    /// Takes one entry of a map; a key that comes again replaces the earlier entry.
    mutating func read<Message: WireMessage>(
        _ map: inout [String: Message],
        _ name: StaticString
    ) throws(WireError) {
        guard isLengthDelimited else {
            return try skip()
        }
        let entry = try nested(in: WireMessageEntry<Message>(), name)
        map[entry.key] = entry.value ?? Message()
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
