import HTTP2FrameKit

/// Reads what a server session sends and holds it against what its peer allowed.
///
/// The bounds are the widest that the peer's frames gave at any time, since a frame may have been begun before the peer
/// narrowed them.
struct CheckedOutput {
    private static let defaultWindow = 65_535

    private var received = FrameParser()
    private var pendingPreface = Frame.preface.count
    private var frames = FrameParser()
    private var reader = FrameReader()
    private var widestWindow = defaultWindow
    private var largestFrame = 16_384
    /// DATA that may still be sent, by stream, on top of the widest initial window; 0 is the connection.
    private var credit: [UInt32: Int] = [0: 0]
    private var sent: [UInt32: Int] = [:]
    private var ended: Set<UInt32> = []
    private var reset: Set<UInt32> = []

    /// Whether no frame is unfinished.
    var isWhole: Bool { reader.unparsedCount == 0 }

    /// Takes note of what the peer sends.
    mutating func allow(_ bytes: [UInt8]) {
        let skipped = min(pendingPreface, bytes.count)
        pendingPreface -= skipped
        received.append(bytes.dropFirst(skipped))
        while let frame = received.next() {
            switch frame.kind {
            case .windowUpdate where frame.payload.count == 4:
                credit[frame.streamID, default: 0] += number(frame.payload[0..<4]) & 0x7FFF_FFFF
            case .settings where frame.payload.count.isMultiple(of: 6):
                for start in stride(from: 0, to: frame.payload.count, by: 6) {
                    let value = number(frame.payload[start + 2..<start + 6])
                    switch number(frame.payload[start..<start + 2]) {
                    case 4: widestWindow = max(widestWindow, value)
                    case 5: largestFrame = max(largestFrame, min(value, 1 << 24 - 1))
                    default: break
                    }
                }
            default: break
            }
        }
    }

    /// Checks the next bytes of the server.
    mutating func check(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        frames.append(bytes)
        while let frame = frames.next() {
            try promise(frame.payload.count <= largestFrame, "a frame of \(frame.payload.count) bytes")
        }
        reader.append(bytes)
        while let frame = try next() { try check(frame) }
    }

    private mutating func next() throws -> ReceivedFrame? {
        do {
            return try reader.next()
        } catch {
            throw Finding("a header block that cannot be decoded: \(error)")
        }
    }

    private mutating func check(_ frame: ReceivedFrame) throws {
        let id = frame.streamID
        if case .other(let frame) = frame { throw Finding("no server sends \(frame)") }
        if case .windowUpdate(_, let increment) = frame { return try promise(increment > 0, "an increment of 0") }
        guard id != 0 else { return }
        try promise(id % 2 == 1, "a frame of stream \(id), which no client opens")
        try promise(!reset.contains(id), "a frame after RST_STREAM: \(frame)")
        if case .resetStream = frame {
            reset.insert(id)
            return
        }
        try promise(!ended.contains(id), "a frame after END_STREAM: \(frame)")
        if frame.endsStream { ended.insert(id) }
        guard case .data(_, let bytes, _) = frame else { return }
        sent[0, default: 0] += bytes.count
        sent[id, default: 0] += bytes.count
        let connection = Self.defaultWindow + (credit[0] ?? 0)
        let stream = widestWindow + (credit[id] ?? 0)
        try promise(sent[0, default: 0] <= connection, "DATA beyond the connection's window")
        try promise(sent[id, default: 0] <= stream, "DATA beyond the window of stream \(id)")
    }
}

private func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
}
