package import ProtobufWire

/// A flag in a message of its own, which allows three values: absent, false, true.
///
/// Other messages represent it as a `Bool?`.
package struct BoolValue: Equatable {
    package var value = false

    package init(value: Bool) {
        self.value = value
    }
}

extension BoolValue: WireMessage {
    package static var wireName: StaticString { "BoolValue" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&value, "value")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(value, field: 1)
    }
}

extension WireReader {
    mutating func read(_ flag: inout Bool?, _ name: StaticString) throws(WireError) {
        var message = flag.map(BoolValue.init(value:))
        try read(&message, name)
        flag = message?.value
    }
}

extension WireWriter {
    mutating func write(_ flag: Bool?, field: UInt32) {
        write(flag.map(BoolValue.init(value:)), field: field)
    }
}
