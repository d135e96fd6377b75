import HTTP2FrameKit
import HTTP2Framing

/// A whole connection: a server session gets frames and loose bytes in any portions, an application acts on it as the
/// input says, and what comes out is held against the rules of RFC 9113 by an independent reader.
///
/// The input is a list of steps, a byte each and what it needs.
@Sendable func fuzzSession(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    var connection = FuzzedConnection(settings(choices.byte()))
    while !choices.isEmpty {
        try connection.step(&choices)
    }
    try connection.finish()
}

/// Every limit small in one of two ways, so that short inputs reach it.
private func settings(_ choice: UInt8) -> HTTP2Settings {
    var settings = HTTP2Settings()
    if choice & 1 != 0 { settings.maxConcurrentStreams = 3 }
    if choice & 2 != 0 { settings.streamWindow = 512 }
    if choice & 4 != 0 { settings.maxHeaderList = 256 }
    if choice & 8 != 0 { settings.maxBody = 64 }
    if choice & 16 != 0 { settings.highWater = 128 }
    if choice & 32 != 0 { settings.maxQuickResets = 4 }
    if choice & 64 != 0 { settings.maxMemory = 16 * 1024 }
    if choice & 64 != 0 { settings.maxUnsent = 4 * 1024 }
    if choice & 128 != 0 { settings.maxControlFrames = 20 }
    if choice & 128 != 0 { settings.maxWindowUpdates = 20 }
    return settings
}

private struct FuzzedConnection: ~Copyable {
    private var session: HTTP2Session
    private var output = CheckedOutput()
    private var streams: [HTTP2Stream] = []
    private var nextID: UInt32 = 1
    private var now: UInt64 = 1_000_000_000_000
    private var digest: UInt8 = 0

    init(_ settings: HTTP2Settings) {
        session = HTTP2Session(serverFor: fuzzedRoutes, settings: settings)
        receive(Frame.preface)
        receive(Frame.settings().bytes)
    }

    /// Does what the next byte says.
    mutating func step(_ choices: inout Choices) throws {
        switch choices.byte() % 16 {
        case 0, 1: receive(choices.bytes(Int(choices.byte())))
        case 2, 3:
            let kind = Frame.Kind(rawValue: choices.byte() % 11)
            let flags = Frame.Flags(rawValue: choices.byte())
            let id = UInt32(choices.byte())
            receive(Frame(kind, flags: flags, streamID: id, payload: choices.bytes(Int(choices.byte()))).bytes)
        case 4, 5: request(choices.byte())
        case 6: try write(portion: Int(choices.byte()) * 64 + 1)
        case 7: respond(stream(choices.byte()), byteCount: choices.number())
        case 8: _ = session.respond(to: stream(choices.byte()), headersOnly: Self.refusal)
        case 9: _ = session.startResponse(to: stream(choices.byte()), headers: Self.head)
        case 10:
            let id = stream(choices.byte()).id
            [UInt8](repeating: 7, count: choices.number()).withUnsafeBytes { _ = session.writeBody($0, to: id) }
        case 11: _ = session.endBody(of: stream(choices.byte()).id, trailers: Self.trailers)
        case 12: session.reset(stream(choices.byte()).id, HTTP2ErrorCode(rawValue: UInt32(choices.byte())))
        case 13: session.consume(choices.number(), of: stream(choices.byte()).id)
        case 14: now += UInt64(choices.number()) * 1_000_000
        default: control(choices.byte())
        }
    }

    /// Exchanges everything, ends the connection, and expects it to be over then.
    mutating func finish() throws {
        try write(portion: 4096)
        session.terminate(.noError)
        try write(portion: 4096)
        try promise(session.isFinished, "the session goes on after its end")
        try promise(output.isWhole, "the session ends inside a frame")
    }

    private mutating func control(_ choice: UInt8) {
        switch choice % 4 {
        case 0: session.announceShutdown()
        case 1: session.shutDown()
        case 2: session.ping()
        default: session.terminate(HTTP2ErrorCode(rawValue: UInt32(choice) / 4))
        }
    }

    /// A stream that the application has seen, or one it made up.
    private func stream(_ choice: UInt8) -> HTTP2Stream {
        guard choice < 224, !streams.isEmpty else { return HTTP2Stream(id: Int32(choice), slot: 0) }
        return streams[Int(choice) % streams.count]
    }

    private mutating func request(_ choice: UInt8) {
        let path = choice & 1 == 0 ? "/unary" : choice & 2 == 0 ? "/stream" : "/nowhere"
        let block: [HeaderRepresentation] = [
            .indexed(3), .indexed(6), choice & 4 == 0 ? .literal(":path", path) : .indexing(":path", path),
            .literal(":authority", "backend"),
        ]
        receive(Frame.headers(nextID, block, choice & 8 == 0 ? .endHeaders : [.endHeaders, .endStream]).bytes)
        nextID += choice & 16 == 0 ? 2 : 4
    }

    private mutating func respond(_ stream: HTTP2Stream, byteCount: Int) {
        [UInt8](repeating: 9, count: byteCount).withUnsafeBytes { body in
            _ = session.respond(to: stream, headers: Self.head, body: body, trailers: Self.trailers)
        }
    }

    /// Passes bytes in memory of their own, which is freed when the session must not access them any more.
    private mutating func receive(_ bytes: [UInt8]) {
        output.allow(bytes)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        session.receive(UnsafeRawBufferPointer(memory), now: now)
        takeEvents()
    }

    private mutating func write(portion: Int) throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: portion, alignment: 1)
        defer { memory.deallocate() }
        while true {
            let count = session.write(into: memory)
            try promise(count <= portion, "\(count) bytes written to \(portion)")
            takeEvents()
            try output.check(memory[..<count])
            guard count == portion else { return }
        }
    }

    private mutating func takeEvents() {
        while let event = session.nextEvent() {
            switch event {
            case .request(let stream, _, let list, let body):
                streams.append(stream)
                look(at: list)
                look(at: body)
            case .opened(let stream, _, let list):
                streams.append(stream)
                look(at: list)
            case .bodyStarted(_, let bytes), .data(_, let bytes): look(at: bytes)
            case .ended(_, let list): look(at: list)
            case .headersTooLarge(let stream), .bodyTooLarge(let stream): streams.append(stream)
            case .closed(let stream, _): streams.removeAll { $0 == stream }
            case .writable, .goAway, .settings, .pong, .noticeAcknowledged: break
            }
        }
    }

    private mutating func look(at list: HeaderList) {
        for field in list {
            look(at: field.name)
            look(at: field.value)
        }
    }

    /// Reads every byte, so that AddressSanitizer sees memory that is gone.
    private mutating func look(at bytes: UnsafeRawBufferPointer) {
        for byte in bytes { digest ^= byte }
    }

    private static let head = HeaderFields(fixed: [(":status", "200"), ("content-type", "application/grpc")])
    private static let trailers = HeaderFields(made: [("grpc-status", "0"), ("grpc-message", "fine")])
    private static let refusal = HeaderFields(fixed: [(":status", "200"), ("grpc-status", "12")])
}
