import GRPCCall
import HTTP2FrameKit
import HTTP2Framing
import HTTP2Transport
import ProtobufWire
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// A server's session, gRPC's checks and the decoding of messages, fed with a recording, and answers like those that the
/// recorded backend gave: a call that Centrifugo cancels gets none, and a stream that the backend ended is ended.
final class WireReplay {
    /// The result of a call.
    struct Seen: Equatable {
        var event: ProxyEvent
        var messages = 0
        /// Whether its answer has ended.
        var isAnswered = false
        var closed: HTTP2ErrorCode?
    }

    /// An error that no recording may cause.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private struct Open {
        var head: CallHead
        var decoder: MessageDecoder
        var bodyCount = 0
    }

    private var session: HTTP2Session
    private let reading: WireReading
    private let gzip = Gzip()
    private var headCache = RequestHeadCache()
    private let account = MemoryAccount()
    private var open: [Int32: Open] = [:]
    private var now: UInt64 = 1_000_000_000_000
    private var reader = FrameReader()
    private(set) var seen: [UInt32: Seen] = [:]
    /// What the session has sent.
    private(set) var sent: [ReceivedFrame] = []
    /// How many SETTINGS of the peer took effect.
    private(set) var settings = 0

    /// - Parameters:
    ///   - reading: What the tests' own reader has made of the recording.
    ///   - settings: The session's limits.
    ///   - saysWindows: Whether the session's SETTINGS and WINDOW_UPDATE go out first, as a server's do. Before them, a
    ///     peer may send no more than 65,535 bytes of DATA (RFC 9113 §6.9.2).
    /// - Throws: When what the session says first cannot be read.
    init(_ reading: WireReading, settings: HTTP2Settings = HTTP2Settings(), saysWindows: Bool = true) throws {
        self.reading = reading
        session = HTTP2Session(serverFor: ProxyService.makeHTTP2Routes(builtIn: []), settings: settings)
        if saysWindows { try write() }
    }

    var terminationCode: HTTP2ErrorCode? { session.terminationCode }
    var isFinished: Bool { session.isFinished }
    var openStreams: Int { session.openStreams }
    var heldBytes: Int { session.heldBytes }
    var unsentBytes: Int { session.unsentBytes }

    /// Feeds a recording in pieces.
    ///
    /// The recordings have no times: 100 µs pass with each frame, so that a thousand calls take some tenths of a second.
    func feed(_ bytes: [UInt8], pieces ends: [Int]) throws {
        var start = 0
        var frame = 0
        for end in ends {
            while frame < reading.frameEnds.count, reading.frameEnds[frame] <= end {
                frame += 1
                now += 100_000
            }
            try bytes.withUnsafeBytes { try receive(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
            start = end
        }
    }

    /// Passes bytes in memory of their own, which is freed when the session must not access them any more.
    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { input.deallocate() }
        input.copyMemory(from: bytes)
        session.receive(UnsafeRawBufferPointer(input), now: now)
        while let event = session.nextEvent() { try take(event) }
        if session.wantsWrite { try write() }
    }

    private func take(_ event: HTTP2Event) throws {
        switch event {
        case .request(let stream, let route, let list, let body): try take(stream, route, list, body)
        case .opened(let stream, let route, let list): try begin(stream, route, list)
        case .bodyStarted(let stream, let bytes): try begin(stream, bytes)
        case .data(let stream, let bytes): try take(stream, bytes)
        case .ended(let stream, _): try halfClose(stream)
        case .closed(let stream, let code):
            seen[UInt32(stream.id)]?.closed = code
            open[stream.id] = nil
        case .settings: settings += 1
        case .headersTooLarge, .bodyTooLarge, .goAway, .writable, .pong, .noticeAcknowledged:
            throw Refused(description: "\(event)")
        }
    }

    private func write() throws {
        let portion = 4096
        var count = portion
        while count == portion {
            let bytes = [UInt8](unsafeUninitializedCapacity: portion) { buffer, written in
                written = session.write(into: UnsafeMutableRawBufferPointer(buffer))
            }
            count = bytes.count
            while let event = session.nextEvent() { try take(event) }
            reader.append(bytes)
            while let frame = try reader.next() { sent.append(frame) }
        }
    }
}

// MARK: - Calls

extension WireReplay {
    private func call(_ stream: HTTP2Stream) throws -> WireCall {
        try #require(reading.calls[UInt32(stream.id)])
    }

    /// Checks a header list as `ProxyConnection` does, and against what the tests' own reader has decoded.
    private func begin(_ stream: HTTP2Stream, _ route: Int?, _ list: HeaderList) throws {
        let call = try call(stream)
        let index = try #require(route)
        #expect(ProxyEvent.allCases[index] == call.event)
        #expect(list.map { Field(Array($0.name), Array($0.value)) } == call.fields)
        var fields = RequestFields()
        for field in list { fields.take(field) }
        let fresh = CallHead(try RequestHead(fields, isKnownRoute: true), countedBy: account)
        let head = headCache.head(of: list, version: 0) ?? fresh
        headCache.keep(fresh, of: list)
        #expect(head.timeout == fresh.timeout && head.metadata.values == fresh.metadata.values)
        #expect(head.encoding == fresh.encoding && head.acceptsGzip == fresh.acceptsGzip)
        #expect((head.timeout == nil) == call.isStreaming)
        #expect(head.acceptsGzip)
        #expect(head.encoding == (call.fields["grpc-encoding"] == "gzip" ? .gzip : .identity))
        #expect(head.metadata.values["x-e2e-static"] == ["from-config"])
        seen[call.id] = Seen(event: call.event)
        open[stream.id] = Open(head: head, decoder: MessageDecoder(encoding: head.encoding))
    }

    /// Checks the first bytes of a body that is still arriving.
    private func begin(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) throws {
        let encoding = try #require(open[stream.id]).head.encoding
        #expect(try LengthPrefix(bytes, encoding: encoding) != nil)
        #expect(try call(stream).body.starts(with: bytes))
    }

    /// Takes a whole unary call.
    private func take(
        _ stream: HTTP2Stream,
        _ route: Int?,
        _ list: HeaderList,
        _ body: UnsafeRawBufferPointer
    ) throws {
        if open[stream.id] == nil { try begin(stream, route, list) }
        let call = try call(stream)
        let head = try #require(open[stream.id]).head
        #expect(body.elementsEqual(call.body))
        try UnaryMessage(body: body, encoding: head.encoding, gzip: gzip).withBytes { try decode(Array($0), of: call) }
        guard !call.isCancelled else { return }
        let submission = Self.emptyReply.withUnsafeBytes {
            session.respond(to: stream, headers: Self.head, body: $0, trailers: Self.ok)
        }
        try finish(stream, submission)
    }

    /// Takes bytes of a stream's body.
    private func take(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) throws {
        let call = try call(stream)
        var arriving = try #require(open[stream.id])
        #expect(call.body[arriving.bodyCount...].starts(with: bytes))
        arriving.bodyCount += bytes.count
        arriving.decoder.append(bytes)
        session.consume(bytes.count, of: stream.id)
        while let message = try arriving.decoder.next(gzip: gzip) {
            try decode(message, of: call)
            let count = seen[call.id]?.messages
            if count == 1 { try accept(stream) }
            if call.isEndedEarly, count == call.messageEnds.count {
                try finish(stream, session.endBody(of: stream.id, trailers: Self.ok))
            }
        }
        open[stream.id] = arriving
    }

    private func halfClose(_ stream: HTTP2Stream) throws {
        try #require(open[stream.id]).decoder.finish()
        guard try call(stream).reset == nil else { return }
        try finish(stream, session.endBody(of: stream.id, trailers: Self.ok))
    }

    /// Decodes a message; what the decoder does not know would be missing when it is encoded again.
    private func decode(_ bytes: [UInt8], of call: WireCall) throws {
        let message = try call.event.message(bytes)
        #expect(message.wireBytes() == bytes)
        seen[call.id]?.messages += 1
    }

    private func accept(_ stream: HTTP2Stream) throws {
        try expectAccepted(session.startResponse(to: stream, headers: Self.head))
        try expectAccepted(Self.acceptedReply.withUnsafeBytes { session.writeBody($0, to: stream.id) })
    }

    private func finish(_ stream: HTTP2Stream, _ submission: HTTP2Session.Submission) throws {
        try expectAccepted(submission)
        seen[UInt32(stream.id)]?.isAnswered = true
    }

    private func expectAccepted(_ submission: HTTP2Session.Submission) throws {
        guard case .accepted = submission else { throw Refused(description: "an answer came to \(submission)") }
    }

    static let head = HeaderFields(fixed: [(":status", "200"), ("content-type", "application/grpc")])
    static let ok = HeaderFields(fixed: [("grpc-status", "0")])
    /// An empty result, which is field 1 of each reply.
    static let emptyReply = lengthPrefixed([0x0A, 0x00])
    static let acceptedReply = lengthPrefixed(
        StreamSubscribeResponse(subscribeResponse: SubscribeResponse(result: SubscribeResult())).wireBytes()
    )
}
