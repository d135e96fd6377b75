/// A frame as its reader sees it: padding removed, header blocks put together and decoded.
package enum ReceivedFrame: Hashable, Sendable {
    case data(UInt32, [UInt8], endStream: Bool)
    case headers(UInt32, [Field], endStream: Bool)
    case resetStream(UInt32, ErrorCode)
    case settings([Setting])
    case settingsAck
    case ping([UInt8])
    case pong([UInt8])
    case goAway(last: UInt32, ErrorCode)
    case windowUpdate(UInt32, UInt32)
    /// A kind that no server sends, or one whose payload does not fit its kind.
    case other(Frame)

    /// Reads every kind but HEADERS and CONTINUATION, which need the connection's decoder.
    init(_ frame: Frame) {
        let payload = frame.payload
        self =
            switch (frame.kind, payload.count) {
            case (.data, _): .data(frame.streamID, frame.unpadded, endStream: frame.flags.contains(.endStream))
            case (.resetStream, 4): .resetStream(frame.streamID, ErrorCode(rawValue: payload.bigEndian()))
            case (.settings, 0) where frame.flags.contains(.ack): .settingsAck
            case (.settings, let count) where count.isMultiple(of: 6): .settings(Self.settings(payload))
            case (.ping, 8): frame.flags.contains(.ack) ? .pong(payload) : .ping(payload)
            case (.goAway, 8...):
                .goAway(
                    last: payload[..<4].bigEndian() & 0x7FFF_FFFF,
                    ErrorCode(rawValue: payload[4..<8].bigEndian())
                )
            case (.windowUpdate, 4): .windowUpdate(frame.streamID, payload.bigEndian() & 0x7FFF_FFFF)
            default: .other(frame)
            }
    }

    private static func settings(_ payload: [UInt8]) -> [Setting] {
        stride(from: 0, to: payload.count, by: 6).map { start in
            Setting(
                Setting.Identifier(rawValue: payload[start..<start + 2].bigEndian()),
                payload[start + 2..<start + 6].bigEndian()
            )
        }
    }

    /// The stream the frame belongs to, 0 for the connection.
    package var streamID: UInt32 {
        switch self {
        case .data(let id, _, _), .headers(let id, _, _), .resetStream(let id, _), .windowUpdate(let id, _): id
        case .other(let frame): frame.streamID
        case .settings, .settingsAck, .ping, .pong, .goAway: 0
        }
    }

    /// Whether the frame ends its stream in the sender's direction.
    package var endsStream: Bool {
        switch self {
        case .data(_, _, let end), .headers(_, _, let end): end
        case .resetStream: true
        default: false
        }
    }
}

extension Frame {
    /// The payload of DATA or HEADERS without padding and priority; all of it when the padding is impossible.
    var unpadded: [UInt8] {
        var rest = payload[...]
        if flags.contains(.padded), let count = rest.popFirst() {
            guard Int(count) <= rest.count else { return payload }
            rest = rest.dropLast(Int(count))
        }
        if kind == .headers && flags.contains(.priority) { rest = rest.dropFirst(5) }
        return Array(rest)
    }
}
