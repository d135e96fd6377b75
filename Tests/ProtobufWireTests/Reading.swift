import ProtobufWire

/// Lends `bytes` to a reader.
func reading<Value>(_ bytes: [UInt8], _ body: (inout WireReader) throws -> Value) throws -> Value {
    try bytes.withUnsafeBytes {
        var reader = WireReader($0)
        return try body(&reader)
    }
}

/// Reads fields up to the end and skips them all; returns their numbers.
func skippingAll(_ bytes: [UInt8]) throws -> [UInt32] {
    try reading(bytes) { reader in
        var numbers: [UInt32] = []
        while let number = try reader.nextField() {
            numbers.append(number)
            try reader.skip()
        }
        return numbers
    }
}

/// Reads the one text in `bytes`.
func readingText(_ bytes: [UInt8]) throws -> String {
    try reading(bytes) { reader in
        var value = ""
        _ = try reader.nextField()
        try reader.read(&value, "text")
        return value
    }
}

/// Why `body` fails, without the place; `nil` if it does not fail.
func failure(_ body: () throws -> Void) -> WireError? {
    do {
        try body()
        return nil
    } catch {
        return (error as? WireError)?.reason
    }
}
