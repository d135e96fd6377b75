extension Frame {
    /// What a client's connection begins with, before its SETTINGS (RFC 9113 §3.4).
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    package static func settings(_ settings: Setting...) -> Frame {
        var payload: [UInt8] = []
        for setting in settings {
            payload.append(bigEndian: setting.identifier.rawValue)
            payload.append(bigEndian: setting.value)
        }
        return Frame(.settings, payload: payload)
    }

    package static let settingsAck = Frame(.settings, flags: .ack)

    /// HEADERS with a finished header block, or with its beginning when `flags` lacks `endHeaders`.
    package static func headers(
        _ streamID: UInt32,
        _ block: [HeaderRepresentation],
        _ flags: Flags = .endHeaders
    ) -> Frame {
        Frame(.headers, flags: flags, streamID: streamID, payload: block.bytes)
    }

    /// HEADERS and as many CONTINUATION frames as pieces of `pieceLength` bytes need.
    package static func headers(
        _ streamID: UInt32,
        _ block: [HeaderRepresentation],
        _ flags: Flags = .endHeaders,
        pieceLength: Int
    ) -> [Frame] {
        let bytes = block.bytes
        var frames = [
            Frame(
                .headers,
                flags: flags.subtracting(.endHeaders),
                streamID: streamID,
                payload: Array(bytes.prefix(pieceLength))
            )
        ]
        for start in stride(from: pieceLength, to: bytes.count, by: pieceLength) {
            frames.append(.continuation(streamID, Array(bytes[start..<min(start + pieceLength, bytes.count)]), []))
        }
        frames[frames.count - 1].flags.insert(.endHeaders)
        return frames
    }

    package static func continuation(
        _ streamID: UInt32,
        _ fragment: [UInt8],
        _ flags: Flags = .endHeaders
    ) -> Frame {
        Frame(.continuation, flags: flags, streamID: streamID, payload: fragment)
    }

    package static func data(_ streamID: UInt32, _ bytes: [UInt8], _ flags: Flags = []) -> Frame {
        Frame(.data, flags: flags, streamID: streamID, payload: bytes)
    }

    package static func ping(_ opaque: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8], _ flags: Flags = []) -> Frame {
        Frame(.ping, flags: flags, payload: opaque)
    }

    package static func resetStream(_ streamID: UInt32, _ code: ErrorCode) -> Frame {
        var frame = Frame(.resetStream, streamID: streamID)
        frame.payload.append(bigEndian: code.rawValue)
        return frame
    }

    package static func goAway(last streamID: UInt32, _ code: ErrorCode, debugData: [UInt8] = []) -> Frame {
        var frame = Frame(.goAway)
        frame.payload.append(bigEndian: streamID)
        frame.payload.append(bigEndian: code.rawValue)
        frame.payload += debugData
        return frame
    }

    package static func windowUpdate(_ streamID: UInt32, _ increment: UInt32) -> Frame {
        var frame = Frame(.windowUpdate, streamID: streamID)
        frame.payload.append(bigEndian: increment)
        return frame
    }

    /// PRIORITY, which RFC 9113 §6.3 deprecates but still lets pass.
    ///
    /// The weight on the wire is one less than meant.
    package static func priority(_ streamID: UInt32, dependsOn parent: UInt32 = 0, weight: UInt8 = 15) -> Frame {
        var frame = Frame(.priority, streamID: streamID)
        frame.payload.append(bigEndian: parent)
        frame.payload.append(weight)
        return frame
    }

    /// The same DATA or HEADERS frame with `count` bytes of padding (RFC 9113 §6.1).
    package func padded(_ count: UInt8) -> Frame {
        var frame = self
        frame.flags.insert(.padded)
        frame.payload = [count] + payload + [UInt8](repeating: 0, count: Int(count))
        return frame
    }
}
