import HTTP2FrameKit
import Testing

@Suite struct FrameReaderTests {
    static let fields = [Field("name", "value"), Field("other", "")]
    static let sent: [Frame] =
        [
            .settings(Setting(.initialWindowSize, 1), Setting(.maxFrameSize, 0xFFFF_FFFF)), .settingsAck,
            .data(3, [1, 2, 3], .endStream), .data(3, [9]).padded(200), .resetStream(5, .cancel),
            .ping(), .ping([8, 7, 6, 5, 4, 3, 2, 1], .ack), .goAway(last: 7, .enhanceYourCalm, debugData: [1]),
            .windowUpdate(0, 65_535), .priority(9), .headers(11, .init(fields), .endHeaders).padded(3),
        ] + Frame.headers(13, .init(fields), [.endHeaders, .endStream], pieceLength: 5)

    static let received: [ReceivedFrame] = [
        .settings([Setting(.initialWindowSize, 1), Setting(.maxFrameSize, 0xFFFF_FFFF)]), .settingsAck,
        .data(3, [1, 2, 3], endStream: true), .data(3, [9], endStream: false), .resetStream(5, .cancel),
        .ping([1, 2, 3, 4, 5, 6, 7, 8]), .pong([8, 7, 6, 5, 4, 3, 2, 1]), .goAway(last: 7, .enhanceYourCalm),
        .windowUpdate(0, 65_535), .other(.priority(9)), .headers(11, fields, endStream: false),
        .headers(13, fields, endStream: true),
    ]

    @Test("reads every kind of frame in portions of any size", arguments: [1, 2, 7, 10_000])
    func portions(size: Int) throws {
        var reader = FrameReader()
        var frames: [ReceivedFrame] = []
        let bytes = Self.sent.flatMap(\.bytes)
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.append(bytes[start..<min(start + size, bytes.count)])
            while let frame = try reader.next() { frames.append(frame) }
        }
        #expect(frames == Self.received)
        #expect(reader.unparsedCount == 0)
    }

    @Test("shows a frame whose payload does not fit its kind as it is")
    func misfit() throws {
        let frame = Frame(.windowUpdate, streamID: 1, payload: [1, 2, 3])
        var reader = FrameReader()
        reader.append(frame.bytes)
        #expect(try reader.next() == .other(frame))
    }
}
