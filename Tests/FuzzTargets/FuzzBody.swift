import GRPCCall

/// The most bytes a message may have here: small, so that inputs reach it.
private let limit = 4096

/// The length-prefixed reader: any chunking finds the same messages and the same end, and a body of one message is the
/// same to the unary reader.
@Sendable func fuzzBody(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    let encoding: MessageEncoding = choices.byte() & 1 == 0 ? .identity : .gzip
    let sizes = (0..<3).map { _ in Int(choices.byte()) + 1 }
    let body = choices.remainder()
    let gzip = Gzip()

    let whole = try cut(body, [body.count + 1], encoding, gzip)
    let pieces = try cut(body, sizes, encoding, gzip)
    try promise(pieces == whole, "pieces of \(sizes) bytes give \(pieces), the whole gives \(whole)")

    let unary = body.withUnsafeBytes { bytes in
        Result { () throws(GRPCStatus) in
            try UnaryMessage(body: bytes, encoding: encoding, limit: limit, gzip: gzip).withBytes { Array($0) }
        }
    }
    switch unary {
    case .success(let message):
        try promise(whole == Messages(found: [message], failure: nil), "one message is not one in a stream")
    case .failure(let status):
        let isOne = whole.found.count == 1 && whole.failure == nil
        try promise(!isOne, "one message of a stream is none in a unary call: \(status)")
    }
    if let status = whole.failure { try promise(status.code != .ok, "a failure that is OK") }
}

private struct Messages: Equatable {
    var found: [[UInt8]] = []
    var failure: GRPCStatus?
}

private func cut(_ body: [UInt8], _ sizes: [Int], _ encoding: MessageEncoding, _ gzip: Gzip) throws -> Messages {
    var decoder = MessageDecoder(encoding: encoding, limit: limit)
    var messages = Messages()
    var start = 0
    var turn = 0
    do {
        while start < body.count {
            let chunk = Array(body[start..<min(start + sizes[turn % sizes.count], body.count)])
            start += chunk.count
            turn += 1
            chunk.withUnsafeBytes { decoder.append($0) }
            while let message = try decoder.next(gzip: gzip) {
                try promise(message.count <= limit, "a message of \(message.count) bytes")
                messages.found.append(message)
            }
            try promise(decoder.bufferedByteCount <= start, "more is buffered than came")
        }
        try decoder.finish()
    } catch let status as GRPCStatus {
        messages.failure = status
    }
    return messages
}
