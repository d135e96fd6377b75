import ProtobufWire

/// One entry of a `map<string, string>`: on the wire a map is a repeated message with a key and a value.
struct WireTextEntry: WireMessage {
    var key = ""
    var value = ""

    static var wireName: StaticString { "map entry" }

    mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&value, "value")
        default: try reader.skip()
        }
    }

    func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(value, field: 2)
    }
}

/// One entry of a map from strings to messages.
struct WireMessageEntry<Message: WireMessage>: WireMessage {
    var key = ""
    var value: Message?

    static var wireName: StaticString { "map entry" }

    mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&value, "value")
        default: try reader.skip()
        }
    }

    func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(value, field: 2)
    }
}
