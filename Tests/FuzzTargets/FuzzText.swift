import GRPCCall

/// `grpc-timeout`, base64 and percent-encoding, each on the whole input.
@Sendable func fuzzText(_ input: UnsafeRawBufferPointer) throws {
    try timeout(input)
    try base64(input)
    try percentEncoding(input)
}

private func timeout(_ value: UnsafeRawBufferPointer) throws {
    guard let nanoseconds = GRPCTimeout.nanoseconds(value) else { return }
    try promise(2...9 ~= value.count, "a timeout of \(value.count) bytes")
    let written = GRPCTimeout.headerValue(nanoseconds: nanoseconds)
    guard let again = Array(written.utf8).withUnsafeBytes({ GRPCTimeout.nanoseconds($0) }) else {
        throw Finding("\(written), which was written, is no timeout")
    }
    try promise(again >= nanoseconds || nanoseconds == .max, "\(nanoseconds) ns became \(again) ns")
}

private func base64(_ text: UnsafeRawBufferPointer) throws {
    let decoded = Base64.decode(text)
    try promise((decoded != nil) == Base64.isValid(text), "decode and isValid disagree")
    let encoded = Base64.encode(text)
    let again = Array(encoded.utf8).withUnsafeBytes { Base64.decode($0) }
    try promise(again == Array(text), "\(encoded) is not decoded to what it was made of")
    guard let decoded else { return }
    try promise(decoded.count <= text.count, "base64 that grows")
    let twice = Array(Base64.encode(decoded).utf8).withUnsafeBytes { Base64.decode($0) }
    try promise(twice == decoded, "decoded bytes change when they are encoded again")
}

private func percentEncoding(_ bytes: UnsafeRawBufferPointer) throws {
    let text = PercentEncoding.decode(bytes)
    let encoded = PercentEncoding.encode(text)
    try promise(encoded.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "\(encoded) is not printable ASCII")
    let again = Array(encoded.utf8).withUnsafeBytes { PercentEncoding.decode($0) }
    try promise(again.utf8.elementsEqual(text.utf8), "\(encoded) is not decoded to what it was made of")
    let short = PercentEncoding.encode(text, maximumByteCount: 20)
    try promise(short.utf8.count <= 20 && encoded.utf8.starts(with: short.utf8), "\(short) is no beginning")
}
