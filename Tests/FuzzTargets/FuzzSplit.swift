import HTTP2FrameKit
import HTTP2Framing

/// Frames and loose bytes after the preface, at once and in pieces: the session answers the same, byte for byte.
@Sendable func fuzzSplit(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    let sizes = (0..<3).map { _ in Int(choices.byte()) + 1 }
    let bytes = Frame.preface + Frame.settings().bytes + choices.bytes(32_768)
    let whole = answer(bytes, [bytes.count])
    let pieces = answer(bytes, sizes)
    // After the peer's GOAWAY, with no stream open, nghttp2 reads no more; within the same portion it still does.
    guard !whole.saidGoodbye, !pieces.saidGoodbye else { return }
    try promise(pieces == whole, "in pieces of \(sizes) bytes: \(pieces), at once: \(whole)")
}

/// Limits that short inputs reach, but none that a session checks only when a portion ends.
private let settings = {
    var settings = HTTP2Settings()
    settings.maxHeaderList = 1024
    settings.maxControlFrames = 20
    settings.maxWindowUpdates = 20
    settings.maxQuickResets = 4
    return settings
}()

private struct Answer: Equatable {
    let output: [UInt8]
    let code: HTTP2ErrorCode?
    let isFinished: Bool
    let saidGoodbye: Bool
}

private func answer(_ bytes: [UInt8], _ sizes: [Int]) -> Answer {
    var session = HTTP2Session(serverFor: fuzzedRoutes, settings: settings)
    var start = 0
    var turn = 0
    var saidGoodbye = false
    while start < bytes.count {
        let piece = Array(bytes[start..<min(start + sizes[turn % sizes.count], bytes.count)])
        start += piece.count
        turn += 1
        piece.withUnsafeBytes {
            session.receive($0, now: 1)
            while let event = session.nextEvent() {
                if case .goAway = event { saidGoodbye = true }
            }
        }
    }
    let output = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
        count = session.write(into: UnsafeMutableRawBufferPointer(buffer))
    }
    while session.nextEvent() != nil {}
    return Answer(
        output: output,
        code: session.terminationCode,
        isFinished: session.isFinished,
        saidGoodbye: saidGoodbye
    )
}
