import ProtobufWire

/// The wire reader: the first byte selects the accessor for each field number.
///
/// What is read completely cannot be read without its last byte, whatever its last field is.
@Sendable func fuzzWire(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    let selector = Int(choices.byte())
    let bytes = choices.remainder()
    guard try isReadable(bytes, selector), !bytes.isEmpty else { return }
    try promise(!isReadable(Array(bytes.dropLast()), selector), "a message is read that was cut")
}

private func isReadable(_ bytes: [UInt8], _ selector: Int) throws -> Bool {
    // Memory of exactly this size, so that AddressSanitizer sees a read beyond it.
    try bytes.withUnsafeBytes { bytes in
        var reader = WireReader(bytes)
        var fields = 0
        do {
            while let number = try reader.nextField() {
                fields += 1
                try promise(1..<(1 << 29) ~= number, "field number \(number)")
                try promise(fields <= bytes.count, "\(fields) fields in \(bytes.count) bytes")
                try readField(&reader, (Int(number) + selector) % 9, bytes.count)
            }
        } catch is WireError {
            return false
        }
        return true
    }
}

private func readField(_ reader: inout WireReader, _ accessor: Int, _ count: Int) throws {
    switch accessor {
    case 0: try reader.skip()
    case 1:
        var value = ""
        try reader.read(&value, "string")
        try promise(value.utf8.count <= count, "a string longer than the input")
    case 2:
        var value: [UInt8] = []
        try reader.read(&value, "bytes")
        try promise(value.count <= count, "bytes longer than the input")
    case 3:
        var value: UInt64 = 0
        try reader.read(&value, "uint64")
    case 4:
        var value: Int32 = 0
        try reader.read(&value, "int32")
    case 5:
        var value = false
        try reader.read(&value, "bool")
    case 6:
        var values: [String] = []
        try reader.read(&values, "strings")
        try promise(values.count <= 1, "two elements of one field")
    case 7:
        var value: UInt32 = 0
        try reader.read(&value, "uint32")
    default:
        guard reader.isLengthDelimited else { return try reader.skip() }
        let outerEnd = try reader.openMessage()
        while try reader.nextField() != nil { try reader.skip() }
        reader.closeMessage(outerEnd)
    }
}
