/// Reads protobuf's wire format from memory that the caller owns.
///
/// It holds an unsafe pointer because messages are decoded directly from the receive buffer, and because a safe
/// `~Escapable` view needs an experimental flag. This is sound because a reader lives only inside the closure that lent
/// the memory, and everything that it returns is a copy. Every access follows a comparison with `end`. The position is
/// a pointer and not an offset, since arithmetic on offsets is checked for overflow, which cannot happen after that
/// comparison.
///
/// ``nextField()`` and everything that it needs are inlinable, so that they are compiled into each message's loop.
@usableFromInline
package struct WireReader {
    /// How deep messages and groups may nest in the outermost message, as in protobuf's own implementations.
    @usableFromInline
    package static let depthLimit = 100

    /// The default of how many elements the lists and maps of a message may have together.
    ///
    /// An empty element takes two bytes on the wire, and many times that in memory and time.
    @usableFromInline
    package static let defaultElementLimit = 65_536
    // For each allowed element, in addition to the fields of a message without any: a map entry has two fields and its
    // own. This also limits fields that are not elements.
    @usableFromInline
    static let fieldsPerElement = 8
    @usableFromInline
    static let ownFields = 1_024

    /// The position of the next byte to read.
    @usableFromInline
    var position: UnsafeRawPointer
    /// Where the innermost open message ends; never before `position`.
    @usableFromInline
    var end: UnsafeRawPointer
    @usableFromInline
    var depthLeft = WireReader.depthLimit
    @usableFromInline
    var fieldsLeft: Int
    /// How many more elements lists and maps may have.
    @usableFromInline
    package private(set) var elementsLeft: Int
    /// The number of the field that the reader is at.
    @usableFromInline
    var fieldNumber: UInt32 = 0
    /// The wire type of the field that the reader is at.
    @usableFromInline
    var wireType = WireType.varint

    /// Makes a reader of a message.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - elementLimit: How many elements its lists and maps may have together.
    @inlinable
    package init(_ bytes: UnsafeRawBufferPointer, elementLimit: Int = WireReader.defaultElementLimit) {
        elementsLeft = elementLimit
        fieldsLeft = min(elementLimit, Int(Int32.max)) * Self.fieldsPerElement + Self.ownFields
        // An empty buffer may have no address; this one is then never read from.
        position = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        end = position + bytes.count
    }

    /// Whether the field that the reader is at is a string, bytes or a message, by its wire type.
    package var isLengthDelimited: Bool {
        wireType == .lengthDelimited
    }

    /// How many bytes are left of the innermost open message.
    @inlinable
    @inline(__always)
    var remaining: UInt64 {
        UInt64(truncatingIfNeeded: end - position)
    }

    /// Advances to the next field of the message and returns its number; `nil` at the message's end.
    ///
    /// The field must then be read or skipped.
    @inlinable
    package mutating func nextField() throws(WireError) -> UInt32? {
        guard position < end else {
            return nil
        }
        try readTag()
        guard wireType != .endGroup else {
            throw .unmatchedEndGroup
        }
        fieldsLeft &-= 1
        guard fieldsLeft >= 0 else {
            throw .tooManyElements
        }
        return fieldNumber
    }

    /// Counts another element of the list or map in the named field, or another piece of the message in it.
    package mutating func countElement(in name: StaticString) throws(WireError) {
        elementsLeft -= 1
        guard elementsLeft >= 0 else {
            throw .inField(name, .tooManyElements)
        }
    }

    @inlinable
    @inline(__always)
    mutating func readTag() throws(WireError) {
        let tag = try varint()
        guard let type = WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7)) else {
            throw .invalidWireType
        }
        guard tag >= 1 << 3, tag < 1 << 32 else {
            throw .invalidFieldNumber
        }
        fieldNumber = UInt32(truncatingIfNeeded: tag) >> 3
        wireType = type
    }

    /// Reads a varint; bits beyond the 64th are dropped.
    @inlinable
    @inline(__always)
    mutating func varint() throws(WireError) -> UInt64 {
        guard position < end else {
            throw .truncated
        }
        let byte = position.load(as: UInt8.self)
        guard byte >= 0x80 else {
            position += 1
            return UInt64(byte)
        }
        return try longVarint()
    }

    /// The rare part of ``varint()``, kept out of line so that the common part stays small.
    @inline(never)
    @usableFromInline
    mutating func longVarint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard position + index < end else {
                throw .truncated
            }
            let byte = position.load(fromByteOffset: index, as: UInt8.self)
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 {
                position += index + 1
                return value
            }
        }
        throw .varintTooLong
    }

    /// Reads a length, and checks it against the rest of the message.
    @inlinable
    @inline(__always)
    mutating func length() throws(WireError) -> Int {
        let length = try varint()
        guard length <= remaining else {
            throw .lengthBeyondEnd
        }
        return Int(truncatingIfNeeded: length)
    }

    /// Reads a length and that many bytes; the result points into the reader's memory.
    @inlinable
    @inline(__always)
    mutating func lengthDelimited() throws(WireError) -> UnsafeRawBufferPointer {
        let length = try length()
        let content = UnsafeRawBufferPointer(start: position, count: length)
        position += length
        return content
    }
}
