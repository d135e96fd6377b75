package import HTTP2Framing

extension Metadata {
    /// Takes over a received custom field; `false` when its value breaks gRPC's rules, and then nothing is added.
    ///
    /// `-bin` values must be base64, padded or not. Others must be UTF-8: gRPC itself allows only ASCII, but a machine
    /// in between that adds its own header is no reason to refuse a call, while bytes that are no text are.
    package mutating func receive(_ field: HeaderField) -> Bool {
        guard field.isValidMetadata else { return false }
        append(name: field.name, value: field.value)
        return true
    }

    /// The header fields that carry this metadata.
    package var headerFields: [(name: String, value: String)] { Array(self) }
}

extension HeaderField {
    fileprivate var isValidMetadata: Bool {
        guard name.isBinaryMetadataName else { return value.isASCII || String(validating: value, as: UTF8.self) != nil }
        var isValid = true
        value.forEachListElement { isValid = isValid && Base64.isValid($0) }
        return isValid
    }
}

extension UnsafeRawBufferPointer {
    /// Whether values of this name are base64 (gRPC over HTTP/2: Binary-Header).
    var isBinaryMetadataName: Bool {
        hasSuffix("-bin")
    }

    fileprivate var isASCII: Bool {
        var bits: UInt8 = 0
        for byte in self { bits |= byte }
        return bits < 0x80
    }
}
