// A field at its default (0, false, "", no bytes) is absent on the wire (proto3).

extension WireWriter {
    package mutating func write(_ value: String, field: UInt32) {
        if !value.isEmpty {
            append(value, field: field)
        }
    }

    package mutating func write(_ value: [UInt8], field: UInt32) {
        if !value.isEmpty {
            value.withUnsafeBytes { append($0, field: field) }
        }
    }

    package mutating func write(_ value: UInt64, field: UInt32) {
        if value != 0 {
            makeRoom(for: Self.longestTag + Self.longestVarint)
            putTag(field, .varint)
            putVarint(value)
        }
    }

    package mutating func write(_ value: Int64, field: UInt32) {
        write(UInt64(bitPattern: value), field: field)
    }

    package mutating func write(_ value: UInt32, field: UInt32) {
        write(UInt64(value), field: field)
    }

    /// Writes a negative number with ten bytes, as protobuf extends the sign of an `int32` to 64 bits.
    package mutating func write(_ value: Int32, field: UInt32) {
        write(Int64(value), field: field)
    }

    package mutating func write(_ value: Bool, field: UInt32) {
        write(value ? 1 as UInt64 : 0, field: field)
    }

    /// Writes a number also at its default, for the field of a `oneof`.
    package mutating func writeAlways(_ value: UInt64, field: UInt32) {
        makeRoom(for: Self.longestTag + Self.longestVarint)
        putTag(field, .varint)
        putVarint(value)
    }

    /// Writes a `fixed64`, or a `double` by its bits, also at its default.
    package mutating func writeFixed64(_ value: UInt64, field: UInt32) {
        makeRoom(for: Self.longestTag + 8)
        putTag(field, .fixed64)
        putLittleEndian(value)
    }

    /// Writes a `fixed32`, also at its default.
    package mutating func writeFixed32(_ value: UInt32, field: UInt32) {
        makeRoom(for: Self.longestTag + 4)
        putTag(field, .fixed32)
        putLittleEndian(value)
    }

    /// Writes every element, empty ones too.
    package mutating func write(_ values: [String], field: UInt32) {
        for value in values {
            append(value, field: field)
        }
    }

    /// Writes every element, empty ones too.
    package mutating func write(_ values: [[UInt8]], field: UInt32) {
        for value in values {
            value.withUnsafeBytes { append($0, field: field) }
        }
    }

    private mutating func append(_ value: String, field: UInt32) {
        let written: Void? = value.utf8.withContiguousStorageIfAvailable {
            append(UnsafeRawBufferPointer($0), field: field)
        }
        if written == nil {
            // Only for a string that is not stored as UTF-8; native strings always are.
            [UInt8](value.utf8).withUnsafeBytes { append($0, field: field) }
        }
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeRawBufferPointer, field: UInt32) {
        makeRoom(for: Self.longestTag + Self.longestVarint + bytes.count)
        putTag(field, .lengthDelimited)
        putVarint(UInt64(bytes.count))
        append(bytes)
    }
}

// These functions write without checking for room: the caller has reserved it.
extension WireWriter {
    static let longestTag = 5
    static let longestVarint = 10

    @inline(__always)
    mutating func putTag(_ field: UInt32, _ type: WireType) {
        putVarint(UInt64(field << 3 | UInt32(type.rawValue)))
    }

    mutating func putLittleEndian<Number: FixedWidthInteger>(_ value: Number) {
        storage.storeBytes(of: value.littleEndian, toByteOffset: count, as: Number.self)
        count += Number.bitWidth / 8
    }

    @inline(__always)
    mutating func putVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            storage[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        storage[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }
}
