package import HTTP2Framing

extension Metadata {
    /// Takes over a received custom field; `false` when its value should be base64 and is not, and then nothing is added.
    ///
    /// Values of other names may be any bytes. gRPC allows ASCII alone, but also says that a server must not fail on more
    /// (gRPC over HTTP/2: Custom-Metadata): what a machine in between adds is no fault of the call's.
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
        guard name.isBinaryMetadataName else { return true }
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
}
