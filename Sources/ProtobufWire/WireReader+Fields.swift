// Each function reads the field that the reader is at. A field with an unexpected wire type is treated as unknown and
// skipped (protobuf encoding guide).

extension WireReader {
    package mutating func read(_ value: inout String, _ name: StaticString) throws(WireError) {
        guard wireType == .lengthDelimited else {
            return try skip()
        }
        do {
            value = try string()
        } catch {
            throw .inField(name, error)
        }
    }

    package mutating func read(_ value: inout [UInt8], _ name: StaticString) throws(WireError) {
        guard wireType == .lengthDelimited else {
            return try skip()
        }
        do {
            value = [UInt8](try lengthDelimited())
        } catch {
            throw .inField(name, error)
        }
    }

    package mutating func read(_ value: inout UInt64, _ name: StaticString) throws(WireError) {
        guard wireType == .varint else {
            return try skip()
        }
        do {
            value = try varint()
        } catch {
            throw .inField(name, error)
        }
    }

    package mutating func read(_ value: inout Int64, _ name: StaticString) throws(WireError) {
        var bits = UInt64(bitPattern: value)
        try read(&bits, name)
        value = Int64(bitPattern: bits)
    }

    /// Uses the low 32 bits, as protobuf does for a value that is too large.
    package mutating func read(_ value: inout UInt32, _ name: StaticString) throws(WireError) {
        var bits = UInt64(value)
        try read(&bits, name)
        value = UInt32(truncatingIfNeeded: bits)
    }

    /// Uses the low 32 bits, as protobuf does for a value that is too large.
    package mutating func read(_ value: inout Int32, _ name: StaticString) throws(WireError) {
        var bits = UInt64(bitPattern: Int64(value))
        try read(&bits, name)
        value = Int32(truncatingIfNeeded: bits)
    }

    package mutating func read(_ value: inout Bool, _ name: StaticString) throws(WireError) {
        var bits: UInt64 = value ? 1 : 0
        try read(&bits, name)
        value = bits != 0
    }

    package mutating func read(_ values: inout [String], _ name: StaticString) throws(WireError) {
        guard wireType == .lengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        do {
            values.append(try string())
        } catch {
            throw .inField(name, error)
        }
    }

    package mutating func read(_ values: inout [[UInt8]], _ name: StaticString) throws(WireError) {
        guard wireType == .lengthDelimited else {
            return try skip()
        }
        try countElement(in: name)
        var value: [UInt8] = []
        try read(&value, name)
        values.append(value)
    }
}
