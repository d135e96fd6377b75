package import HTTP2Framing

/// The fields of a request that gRPC's checks need, collected first, since the checks have another order.
///
/// Of a repeated field the last one applies, since gRPC says nothing about it; all values of custom metadata and of
/// `grpc-accept-encoding` apply. It holds views into the session's memory, so it must not outlive the event.
package struct RequestFields {
    private(set) var method: UnsafeRawBufferPointer?
    private(set) var contentType: UnsafeRawBufferPointer?
    private(set) var te: UnsafeRawBufferPointer?
    private(set) var timeout: UnsafeRawBufferPointer?
    private(set) var encoding: UnsafeRawBufferPointer?
    private(set) var acceptsGzip = false
    private(set) var metadata = Metadata()
    private(set) var invalidMetadataName: UnsafeRawBufferPointer?

    /// Creates the fields of a request whose header list is still to be read.
    package init() {}

    /// Takes the next field of the header list, pseudo-header fields included, with its name in lower case.
    package mutating func take(_ field: HeaderField) {
        switch field.name {
        case ":method": method = field.value
        case "content-type": contentType = field.value
        case "te": te = field.value
        case "grpc-timeout": timeout = field.value
        case "grpc-encoding": encoding = field.value
        case "grpc-accept-encoding":
            field.value.forEachListElement { if "gzip" ~= $0 { acceptsGzip = true } }
        // The authority under another name (RFC 9113 §8.3.1), and the peer's software.
        case "host", "user-agent": break
        case let name where name.hasPrefix(":") || name.hasPrefix("grpc-"): break
        default:
            if !metadata.receive(field), invalidMetadataName == nil { invalidMetadataName = field.name }
        }
    }
}
