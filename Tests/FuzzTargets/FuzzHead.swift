import GRPCCall
import HTTP2Framing

/// Names that the checks know, so that an input of a few bytes reaches them.
private let knownNames = [
    ":method", ":path", "content-type", "te", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding", "user-agent",
    "grpc-other", "trace-bin", "x-name", "-bin", "",
]

/// A request's header list: fields of a name (known or free) and a value.
///
/// The input goes on with the flag of a known route, then with fields: the name's number, its bytes if the number is
/// above the known ones, and the value.
@Sendable func fuzzHead(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    let isKnownRoute = choices.byte() & 1 == 0
    var fields: [(name: [UInt8], value: [UInt8])] = []
    while !choices.isEmpty, fields.count < 200 {
        let number = Int(choices.byte())
        let name = number < knownNames.count ? Array(knownNames[number].utf8) : choices.bytes(number % 32)
        // Names arrive as lower-case tokens: HTTP/2 refuses others.
        fields.append(
            (name.map { 0x21...0x7E ~= $0 && !(0x41...0x5A ~= $0) ? $0 : 0x61 }, choices.bytes(Int(choices.byte())))
        )
    }
    var received = RequestFields()
    let memory = fields.flatMap { $0.name + $0.value }
    try memory.withUnsafeBytes { memory in
        var start = 0
        for (name, value) in fields {
            let end = start + name.count
            received.take(
                HeaderField(
                    name: UnsafeRawBufferPointer(rebasing: memory[start..<end]),
                    value: UnsafeRawBufferPointer(rebasing: memory[end..<end + value.count])
                )
            )
            start = end + value.count
        }
        let head: RequestHead
        do throws(RejectionError) {
            head = try RequestHead(received, isKnownRoute: isKnownRoute)
        } catch {
            return try check(error)
        }
        try promise(isKnownRoute, "a call of an unknown route is served")
        try check(head.metadata, fieldCount: fields.count { isCustom($0.name) })
    }
}

/// Whether a field of this name is custom metadata (gRPC over HTTP/2), so that a served call has it.
private func isCustom(_ name: [UInt8]) -> Bool {
    let name = String(decoding: name, as: UTF8.self)
    let isKnown = ["content-type", "te", "host", "user-agent"].contains(name)
    return !isKnown && !name.hasPrefix(":") && !name.hasPrefix("grpc-")
}

private func check(_ rejection: RejectionError) throws {
    switch rejection {
    case .http(let status, let body):
        try promise([405, 415].contains(status) && !body.isEmpty, "an answer of status \(status)")
    case .status(let status, _):
        try promise(status.code != .ok, "a refusal that is OK")
        for (name, value) in status.trailers() {
            try promise(value.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "\(name) has bytes that no header may have")
        }
    }
}

private func check(_ metadata: Metadata, fieldCount: Int) throws {
    try promise(metadata.count == fieldCount, "\(metadata.count) entries of \(fieldCount) custom fields")
    try promise(Array(metadata).count == metadata.count, "the count is wrong")
    // Text repairs what is not UTF-8; the bytes are all there.
    let isText = metadata.allSatisfy { name, _ in
        metadata.bytes(name).allSatisfy { String(validating: $0, as: UTF8.self) != nil }
    }
    let copy = Metadata(metadata.map { ($0.name, $0.value) })
    try promise((copy == metadata) == isText, "metadata change when they are copied")
    for (name, value) in metadata {
        try promise(!name.hasPrefix("grpc-") && !name.hasPrefix(":"), "\(name) is no custom metadata")
        if name.utf8.suffix(4).elementsEqual("-bin".utf8) {
            let listed = 1 + value.utf8.filter { $0 == UInt8(ascii: ",") }.count
            try promise(metadata.binary(name).count >= listed, "base64 that was accepted is left out")
        } else {
            try promise(metadata[name].contains(value), "\(name) has lost a value")
        }
    }
}
