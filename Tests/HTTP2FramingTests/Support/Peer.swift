import HTTP2FrameKit
import HTTP2Framing
import Testing

/// The other side of a session under test, mostly a server's.
///
/// It sends raw frames, and sees both what comes back and what the application saw.
///
/// Everything is exact: `expect` and `sees` compare with all that happened since they were last called.
final class Peer {
    static let millisecond: UInt64 = 1_000_000

    private var session: HTTP2Session
    private var reader = FrameReader()
    private var seen: [SeenEvent] = []
    private(set) var streams: [Int32: HTTP2Stream] = [:]
    private(set) var fields: [Int32: [Field]] = [:]
    /// Whether the application keeps the header lists of requests that are not complete, and counts them.
    var keepsLists = false
    private var keptLists: [Int32: Int] = [:]
    /// The numbers of header lists, and the timeouts that came with them.
    private(set) var numbers: [Int32: UInt64] = [:]
    private(set) var timeouts: [Int32: String] = [:]
    /// The position of the last event's bytes in what was sent; nil when they were copied.
    private(set) var bodyOffset: Int?
    var now: UInt64 = 1_000_000_000_000

    /// The client of a server session.
    ///
    /// Its first frames, after the preface, are `opening`. The first frames are exchanged.
    init(
        opening: [Frame] = [.settings(), .settingsAck],
        settings: HTTP2Settings = HTTP2Settings(),
        routes: HTTP2Routes = HTTP2Routes([("/unary", .unary), ("/stream", .streaming)])
    ) throws {
        session = HTTP2Session(serverFor: routes, settings: settings)
        send(bytes: Frame.preface + opening.flatMap(\.bytes))
        _ = try received()
        seen = []
        heldAtFirst = session.heldBytes
    }

    /// A peer that has sent nothing so far.
    init(silentWith settings: HTTP2Settings) {
        session = HTTP2Session(
            serverFor: HTTP2Routes([("/unary", .unary), ("/stream", .streaming)]),
            settings: settings
        )
    }

    /// The server that a client session talks to.
    ///
    /// Its first frames are exchanged.
    init(ofClientWith settings: HTTP2Settings) throws {
        session = HTTP2Session(clientWith: settings)
        let preface = written()
        #expect(preface.starts(with: Frame.preface))
        reader.append(preface.dropFirst(Frame.preface.count))
        send(.settings(), .settingsAck)
        _ = try received()
        seen = []
    }

    /// What the session reports about a malformed request.
    func takeFault() -> HTTP2RequestFault? { session.takeRequestFault() }

    func send(_ frames: Frame...) {
        send(bytes: frames.flatMap(\.bytes))
    }

    func send(_ frames: [Frame]) {
        send(bytes: frames.flatMap(\.bytes))
    }

    /// Sends each byte alone.
    func sendByteByByte(_ frames: Frame...) {
        for byte in frames.flatMap(\.bytes) { send(bytes: [byte]) }
    }

    /// Sends `portion` bytes at a time.
    func send(bytes: [UInt8], portion: Int) {
        var rest = bytes[...]
        while !rest.isEmpty {
            send(bytes: Array(rest.prefix(portion)))
            rest = rest.dropFirst(portion)
        }
    }

    /// Passes bytes that are freed as soon as the session must not access them any more.
    func send(bytes: [UInt8]) {
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        defer { input.deallocate() }
        input.copyBytes(from: bytes)
        let view = UnsafeRawBufferPointer(rebasing: input[..<bytes.count])
        session.receive(view, now: now)
        takeEvents(input: view)
    }

    private func takeEvents(input: UnsafeRawBufferPointer? = nil) {
        while let event = session.nextEvent() {
            seen.append(SeenEvent(event))
            if keepsLists { keepList(of: event) }
            if let stream = event.stream { streams[stream.id] = stream }
            if let stream = event.stream, let list = event.headers {
                fields[stream.id] = list.copied
                numbers[stream.id] = list.number
                timeouts[stream.id] = list.timeout.map { String(decoding: $0, as: UTF8.self) }
            }
            guard let bytes = event.bytes, let input, let start = input.baseAddress else { continue }
            let offset = bytes.baseAddress.map { $0 - start }
            bodyOffset = offset.flatMap { input.indices.contains($0) ? $0 : nil }
        }
    }

    private func keepList(of event: HTTP2Event) {
        switch event {
        case .opened(let stream, _, let list): keptLists[stream.id] = list.copied.map(\.size).reduce(0, +)
        case .closed(let stream, _): keptLists[stream.id] = nil
        default: return
        }
        session.setApplicationBytes(keptLists.values.reduce(0, +))
    }

    /// All frames that the server sends now; `portion` bytes are written at a time.
    func received(portion: Int = 4096) throws -> [ReceivedFrame] {
        reader.append(written(portion: portion))
        var frames: [ReceivedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(reader.unparsedCount == 0)
        return frames
    }

    /// The whole frames within the next `portion` bytes at most; what a frame lacks comes with the next frames.
    func receivedOnce(portion: Int) throws -> [ReceivedFrame] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: portion, alignment: 1)
        defer { buffer.deallocate() }
        let count = session.write(into: buffer)
        takeEvents()
        reader.append(buffer[..<count])
        var frames: [ReceivedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    private func written(portion: Int = 4096) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: portion, alignment: 1)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = session.write(into: buffer)
            takeEvents()
            bytes += buffer[..<count]
            guard count == portion else { return bytes }
        }
    }

    func expect(_ frames: ReceivedFrame..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        let received = try received()
        #expect(received == frames, sourceLocation: sourceLocation)
    }

    func sees(_ events: SeenEvent..., sourceLocation: SourceLocation = #_sourceLocation) {
        let all = takeSeen()
        #expect(all == events, sourceLocation: sourceLocation)
    }

    @discardableResult
    func takeSeen() -> [SeenEvent] {
        defer { seen = [] }
        return seen
    }

    /// Lets the application act on the session.
    func app<Result>(_ body: (inout HTTP2Session) throws -> Result) rethrows -> Result {
        try body(&session)
    }

    var isFinished: Bool { session.isFinished }
    var wantsWrite: Bool { session.wantsWrite }
    var prefaceFailed: Bool { session.prefaceFailed }
    var terminationCode: HTTP2ErrorCode? { session.terminationCode }
    var openStreams: Int { session.openStreams }
    var unsentBytes: Int { session.unsentBytes }
    /// What the session holds, beyond what it held when the first frames were exchanged.
    var heldBytes: Int { session.heldBytes - heldAtFirst }
    private var heldAtFirst = 0
}
