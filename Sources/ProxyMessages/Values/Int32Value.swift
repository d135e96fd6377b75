package import ProtobufWire

/// A number in a message of its own; the proto defines it, but no message uses it.
package struct Int32Value: Equatable {
    package var value: Int32 = 0

    package init(value: Int32) {
        self.value = value
    }
}

extension Int32Value: WireMessage {
    package static var wireName: StaticString { "Int32Value" }

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
