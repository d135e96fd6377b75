package import HTTP2Framing

extension Metadata {
    /// Adds a received custom field; returns `false` and adds nothing when its value should be base64 and is not.
    ///
    /// Values of other names may be any bytes. gRPC allows only ASCII, but also says that a server must not fail on
    /// other values (gRPC over HTTP/2: Custom-Metadata): an intermediary may have added them.
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
