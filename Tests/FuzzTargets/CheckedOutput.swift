import HTTP2FrameKit

/// Reads what a server session sends, and checks it against what its peer allowed.
///
/// The peer's settings apply from their acknowledgement on, since a frame may have been started before they arrived.
struct CheckedOutput {
    private var received = FrameParser()
    private var pendingPreface = Frame.preface.count
    private var frames = FrameParser()
    private var reader = FrameReader()
    /// What SETTINGS frames say that the server has not acknowledged, in their order.
    private var pending: [[(identifier: Int, value: Int)]] = []
    private var initialWindow = 65_535
    private var largestFrame = 16_384
    /// The window of the connection, which is 0, and of each stream beyond the initial one (RFC 9113 §6.9.2).
    private var windows: [UInt32: Int] = [0: 65_535]
    private var ended: Set<UInt32> = []
    private var reset: Set<UInt32> = []

    /// Whether no frame is unfinished.
    var isWhole: Bool { frames.unparsedCount == 0 }

    /// Records what the peer sends.
    mutating func allow(_ bytes: [UInt8]) {
        let skipped = min(pendingPreface, bytes.count)
        pendingPreface -= skipped
        received.append(bytes.dropFirst(skipped))
        while let frame = received.next() {
            switch frame.kind {
            case .windowUpdate where frame.payload.count == 4:
                windows[frame.streamID, default: 0] += number(frame.payload[0..<4]) & 0x7FFF_FFFF
            case .settings where !frame.flags.contains(.ack):
                pending.append(
                    stride(from: 0, through: frame.payload.count - 6, by: 6).map { start in
                        (number(frame.payload[start..<start + 2]), number(frame.payload[start + 2..<start + 6]))
                    }
                )
            default: break
            }
        }
    }

    /// Checks the next bytes of the server.
    mutating func check(_ bytes: some Sequence<UInt8>) throws {
        frames.append(bytes)
        while let frame = frames.next() {
            try promise(frame.payload.count <= largestFrame, "a frame of \(frame.payload.count) bytes")
            reader.append(frame.bytes)
            while let frame = try next() { try check(frame) }
        }
    }

    private mutating func acknowledge() throws {
        try promise(!pending.isEmpty, "an acknowledgement of no SETTINGS")
        for setting in pending.removeFirst() {
            switch setting.identifier {
            case 4: initialWindow = setting.value
            case 5: largestFrame = setting.value
            default: break
            }
        }
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
        if case .settingsAck = frame { try acknowledge() }
        guard id != 0 else { return }
        try promise(id % 2 == 1, "a frame of stream \(id), which no client opens")
        try promise(!reset.contains(id), "a frame after RST_STREAM: \(frame)")
        if case .resetStream = frame {
            reset.insert(id)
            return
        }
        try promise(!ended.contains(id), "a frame after END_STREAM: \(frame)")
        if frame.endsStream { ended.insert(id) }
        guard case .data(_, let bytes, _) = frame, !bytes.isEmpty else { return }
        windows[0, default: 0] -= bytes.count
        windows[id, default: 0] -= bytes.count
        try promise(windows[0, default: 0] >= 0, "DATA beyond the connection's window")
        try promise(initialWindow + windows[id, default: 0] >= 0, "DATA beyond the window of stream \(id)")
    }
}

private func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
}
