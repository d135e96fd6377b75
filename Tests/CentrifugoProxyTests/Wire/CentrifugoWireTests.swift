import GRPCCall
import HTTP2FrameKit
import HTTP2Framing
import ProtobufWire
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// What a real Centrifugo sent, in pieces of any size: see Tests/CentrifugoWire.
@Suite struct CentrifugoWireTests {
    @Test("has a line of the table for each recording")
    func complete() throws {
        let recordings = try WireRecording.all()
        #expect(Set(recordings.map(\.file)) == (try WireRecording.files()))
        #expect(recordings.count == 34)
        #expect(recordings.reduce(0) { $0 + $1.calls.values.reduce(0, +) } == 4_961)
    }

    @Test("decodes and answers each call, in pieces of any size", arguments: try WireRecording.all())
    func pieces(recording: WireRecording) throws {
        let bytes = try recording.sent()
        let reading = try WireReading(bytes)
        Self.check(reading, recording)
        for pieces in WirePieces.all {
            #expect(throws: Never.self, "\(pieces)") { try Self.check(recording, reading, bytes, pieces) }
        }
    }

    /// The tests' own reader finds what the table says.
    private static func check(_ reading: WireReading, _ recording: WireRecording) {
        let calls = reading.ordered
        #expect(Dictionary(grouping: calls, by: \.event.methodName).mapValues(\.count) == recording.calls)
        #expect(calls.reduce(0) { $0 + $1.messageEnds.count } == recording.messages)
        #expect(calls.count(where: \.isCancelled) == recording.cancelled)
        #expect(calls.count(where: \.isEndedEarly) == recording.ended)
        #expect(calls.count(where: \.isUnfinished) == recording.unfinished)
        #expect(reading.frames == recording.frames)
        #expect(reading.frameEnds.last == recording.bytes)
    }

    private static func check(
        _ recording: WireRecording,
        _ reading: WireReading,
        _ bytes: [UInt8],
        _ pieces: WirePieces
    ) throws {
        let replay = try WireReplay(reading)
        let ends = pieces.ends(of: bytes.count)
        try replay.feed(bytes, pieces: ends)
        let comment = Comment(rawValue: "\(pieces)")
        var expected: [UInt32: WireReplay.Seen] = [:]
        for call in reading.ordered { expected[call.id] = call.seen(in: ends) }
        #expect(replay.seen == expected, comment)
        #expect(replay.settings == (recording.frames["SETTINGS"] ?? 0) - 1, comment)
        #expect(replay.terminationCode == nil && !replay.isFinished, comment)
        #expect(replay.openStreams == recording.unfinished, comment)
        #expect(replay.unsentBytes == 0, comment)
        Self.check(replay.sent, reading, expected, comment)

        for call in reading.ordered where call.isUnfinished {
            try Frame.resetStream(call.id, .cancel).bytes.withUnsafeBytes { try replay.receive($0) }
            #expect(replay.seen[call.id]?.closed == .cancel, comment)
        }
        #expect(replay.openStreams == 0, comment)
        let idle = try WireReplay(reading)
        let opening = Frame.preface.count + 2 * Frame.headerLength
        try idle.feed(Array(bytes[..<opening]), pieces: [opening])
        #expect(idle.openStreams == 0 && idle.settings == 1, comment)
        // Kept for what comes next: buffers of the size of a small message, and the list of events, 40 bytes each, which
        // has room for up to twice as many as one piece brought.
        let events = Dictionary(grouping: reading.eventfulEnds) { ends.piece(with: $0) }.values.map(\.count).max()
        #expect(replay.heldBytes - idle.heldBytes <= 8_192 + 80 * (events ?? 0), comment)
    }

    /// What the session has sent: an answer to each call that gets one, to each PING and each SETTINGS, and no refusal.
    private static func check(
        _ sent: [ReceivedFrame],
        _ reading: WireReading,
        _ seen: [UInt32: WireReplay.Seen],
        _ comment: Comment
    ) {
        var answers: [UInt32: [ReceivedFrame]] = [:]
        for frame in sent {
            if case .windowUpdate = frame { continue }
            answers[frame.streamID, default: []].append(frame)
        }
        let connection = answers.removeValue(forKey: 0) ?? []
        let pong = ReceivedFrame.pong([2, 4, 16, 16, 9, 14, 7, 7])
        // The first ACK is Centrifugo's, of the server's own SETTINGS.
        let acknowledged = (reading.frames["SETTINGS"] ?? 0) - 1
        let pinged = reading.frames["PING"] ?? 0
        #expect(connection.count { $0 == .settingsAck } == acknowledged, comment)
        #expect(connection.count { $0 == pong } == pinged, comment)
        let others = connection.filter { $0 != .settingsAck && $0 != pong }
        #expect(others.count == 1 && connection.first == others.first, comment)
        #expect(others.allSatisfy { if case .settings = $0 { true } else { false } }, comment)
        var expected: [UInt32: [ReceivedFrame]] = [:]
        for (id, call) in seen {
            let answer = reading.calls[id]?.answer(call) ?? []
            if !answer.isEmpty { expected[id] = answer }
        }
        #expect(answers == expected, comment)
    }

    @Test("ends a recording's connection when its limits are below what Centrifugo needs")
    func refused() throws {
        let bytes = try Self.connects()
        let reading = try WireReading(bytes)
        var settings = HTTP2Settings()
        settings.maxControlFrames = 100
        let replay = try WireReplay(reading, settings: settings)
        try replay.feed(bytes, pieces: WirePieces.random(seed: 4).ends(of: bytes.count))
        #expect(replay.terminationCode == .enhanceYourCalm)
        #expect((1..<1_000).contains(replay.seen.count))
    }

    @Test("ends a recording's connection when more comes than fits the announced windows")
    func tooEarly() throws {
        let bytes = try Self.connects()
        let reading = try WireReading(bytes)
        let replay = try WireReplay(reading, saysWindows: false)
        try replay.feed(bytes, pieces: [bytes.count])
        #expect(replay.terminationCode == .flowControlError)
        let taken = reading.ordered.reduce(0) { $0 + (replay.seen[$1.id]?.messages == 1 ? $1.body.count : 0) }
        #expect((65_000...65_535).contains(taken))
    }

    /// The recording with most calls, and more DATA than a first window has room for.
    private static func connects() throws -> [UInt8] {
        try #require(try WireRecording.all().first { $0.file == "01-connect.bin" }).sent()
    }
}

extension WireCall {
    /// What a server sees of the call when the recording comes in those pieces.
    ///
    /// A call that is reset in the same piece is not worth any work, and is not reported.
    fileprivate func seen(in ends: [Int]) -> WireReplay.Seen? {
        let resetPiece = reset.map { ends.piece(with: $0.range.upperBound) } ?? .max
        guard ends.piece(with: opened) < resetPiece else { return nil }
        var seen = WireReplay.Seen(event: event)
        seen.messages = messageEnds.count { ends.piece(with: $0.place) < resetPiece }
        let isComplete = halfClosed != nil || isEndedEarly
        seen.isAnswered = !isCancelled && isComplete && seen.messages == messageEnds.count
        if let code = reset?.code, !seen.isAnswered { seen.closed = HTTP2ErrorCode(rawValue: code.rawValue) }
        return seen
    }

    /// What a server sends on the call's stream.
    fileprivate func answer(_ seen: WireReplay.Seen) -> [ReceivedFrame] {
        let head = [Field(":status", "200"), Field("content-type", "application/grpc")]
        var frames: [ReceivedFrame] = []
        if isStreaming ? seen.messages > 0 : seen.isAnswered {
            let body = isStreaming ? WireReplay.acceptedReply : WireReplay.emptyReply
            frames += [.headers(id, head, endStream: false), .data(id, body, endStream: false)]
        }
        if seen.isAnswered { frames.append(.headers(id, [Field("grpc-status", "0")], endStream: true)) }
        // RFC 9113 §8.1: the answer is complete before the request.
        if seen.isAnswered && isEndedEarly { frames.append(.resetStream(id, .noError)) }
        return frames
    }
}

extension WireRecording: CustomTestStringConvertible {
    var testDescription: String { file }
}
