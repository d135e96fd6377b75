package import ProtobufWire

/// A message that decodes itself from protobuf's wire format and encodes itself into it.
package protocol WireMessage: Sendable {
    /// The message's name in the proto, for error texts.
    static var wireName: StaticString { get }

    /// The message with every field absent.
    init()

    /// Reads the field that `reader` is at; if it is unknown, the reader skips it.
    mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError)

    /// Appends the fields that are not at their default, in the order of their numbers.
    func encode(into writer: inout WireWriter)

    /// Reads fields into this message, up to the reader's end: scalars are replaced, lists grow, messages merge.
    ///
    /// A requirement, so that the loop is compiled for each message. For the same reason the generic code for messages
    /// is in this module and not in `ProtobufWire`: unspecialised across modules, it runs several times slower.
    mutating func merge(from reader: inout WireReader) throws(WireError)
}

extension WireMessage {
    /// Decodes a message.
    ///
    /// - Parameters:
    ///   - wireBytes: The encoded message.
    ///   - elementLimit: How many elements its lists and maps may have together.
    /// - Throws: The reason why the bytes are not such a message.
    package init(
        wireBytes: UnsafeRawBufferPointer,
        elementLimit: Int = WireReader.defaultElementLimit
    ) throws(WireError) {
        var elements = 0
        try self.init(wireBytes: wireBytes, elementLimit: elementLimit, elements: &elements)
    }

    /// Decodes a message and adds the elements of its lists and maps to `elements`.
    package init(
        wireBytes: UnsafeRawBufferPointer,
        elementLimit: Int,
        elements: inout Int
    ) throws(WireError) {
        self.init()
        var reader = WireReader(wireBytes, elementLimit: elementLimit)
        try merge(from: &reader)
        elements += elementLimit - reader.elementsLeft
    }

    /// Decodes a message.
    package init(wireBytes: borrowing [UInt8]) throws(WireError) {
        self.init()
        try wireBytes.withUnsafeBufferPointer { (bytes) throws(WireError) in
            var reader = WireReader(UnsafeRawBufferPointer(bytes))
            try merge(from: &reader)
        }
    }

    /// This message, changed: for fields that its initialiser does not set.
    package func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// The message's encoding.
    package func wireBytes() -> [UInt8] {
        WireWriter.bytes { encode(into: &$0) }
    }

    package mutating func merge(from reader: inout WireReader) throws(WireError) {
        do {
            while let number = try reader.nextField() {
                try decodeField(number, from: &reader)
            }
        } catch {
            throw .inMessage(Self.wireName, error)
        }
    }
}
