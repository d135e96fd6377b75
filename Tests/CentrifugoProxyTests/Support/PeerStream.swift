import CentrifugoProxy
import HTTP2FrameKit
import ProtobufWire
import Testing

/// One subscription's stream, as Centrifugo sees it.
final class PeerStream {
    let connection: RawConnection
    let id: UInt32
    private var bytes: [UInt8] = []
    private(set) var headers: [Field] = []
    private var trailers: [Field] = []
    /// The code of the RST_STREAM that ended it.
    private(set) var reset: ErrorCode?
    private(set) var isOver = false
    private var sent = 0

    init(_ connection: RawConnection, id: UInt32) {
        self.connection = connection
        self.id = id
    }

    /// The stream's status; Trailers-Only answers have it in their headers.
    var status: String? { trailers["grpc-status"] ?? headers["grpc-status"] }
    var statusMessage: String? { trailers["grpc-message"] ?? headers["grpc-message"] }
    /// Whether the answer was one HEADERS frame (gRPC: Trailers-Only).
    var isTrailersOnly: Bool { isOver && trailers.isEmpty && !headers.isEmpty }

    /// Waits for the headers: the handler has accepted, though no window may have let the reply through.
    func opened() async throws {
        while headers.isEmpty { try await take() }
    }

    /// The next message, nil when the stream has ended.
    func next() async throws -> StreamSubscribeResponse? {
        try await message()
    }

    /// The next message of another service's stream, nil when the stream has ended.
    func message<Message: WireMessage>(_ type: Message.Type = Message.self) async throws -> Message? {
        while true {
            if let message = takeMessage() { return try Message(wireBytes: message) }
            guard !isOver else { return nil }
            try await take()
        }
    }

    /// The reply that the stream begins with.
    func reply() async throws -> SubscribeResponse {
        let first = try #require(try await next())
        #expect(first.publication == nil)
        return try #require(first.subscribeResponse)
    }

    /// The text of the next publication, nil when the stream has ended.
    func text() async throws -> String? {
        guard let message = try await next() else { return nil }
        #expect(message.subscribeResponse == nil)
        return String(decoding: try #require(message.publication).data.bytes, as: UTF8.self)
    }

    /// The texts of all remaining publications.
    func texts() async throws -> [String] {
        var texts: [String] = []
        while let text = try await text() { texts.append(text) }
        return texts
    }

    /// The status that the stream ends with; messages before it are skipped.
    func end() async throws -> String? {
        while try await next() != nil {}
        return status
    }

    /// Sends a client's publication.
    func publish(_ text: String) {
        connection.send(.data(id, Self.publication(text)))
    }

    /// Sends bytes of the body, each frame when the server's window has room for it.
    func sendWithinWindow(_ bytes: [UInt8]) async throws {
        // Less than the whole window: the stream's first message used part of it.
        let window = connection.streamWindow - 1_000
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(10_000)
            while sent + part.count > window + connection.credit(of: id) {
                _ = try await connection.expect { if case .windowUpdate(id, _) = $0 { true } else { false } }
            }
            connection.send(.data(id, Array(part)))
            sent += part.count
            rest = rest.dropFirst(part.count)
        }
    }

    func cancel() {
        connection.send(.resetStream(id, .cancel))
    }

    /// A client's publication on the wire.
    static func publication(_ text: String) -> [UInt8] {
        lengthPrefixed(StreamSubscribeRequest(publication: Publication(data: .text(text))).wireBytes())
    }

    private func take() async throws {
        let frame = try await connection.expect { $0.streamID == id }
        switch frame {
        case .headers(_, let fields, _):
            if headers.isEmpty { headers = fields } else { trailers = fields }
        case .data(_, let part, _): bytes += part
        case .resetStream(_, let code): reset = code
        default: return
        }
        isOver = frame.endsStream
    }

    private func takeMessage() -> [UInt8]? {
        guard bytes.count >= 5 else { return nil }
        let length = bytes[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 5 + length else { return nil }
        defer { bytes.removeFirst(5 + length) }
        return Array(bytes[5..<5 + length])
    }
}

extension RawConnection {
    /// Subscribes one way: the request and the end of the peer's side.
    func subscribe(
        _ channel: String = "",
        protocol name: String = "",
        encoding: String = "json",
        changes: [String: String?] = [:]
    ) -> PeerStream {
        let request = SubscribeRequest(protocol: name, encoding: encoding, channel: channel)
        return PeerStream(self, id: start(.subscribeUnidirectional, request, changes: changes))
    }

    /// Subscribes in both directions; the peer's side stays open.
    func subscribeBoth(
        _ channel: String = "",
        encoding: String = "json",
        changes: [String: String?] = [:]
    ) -> PeerStream {
        let request = SubscribeRequest(encoding: encoding, channel: channel)
        return open(.subscribeBidirectional, StreamSubscribeRequest(subscribeRequest: request), changes: changes)
    }

    /// Opens a stream with a first message, or without one, and leaves it open.
    func open(_ event: ProxyEvent, _ message: (any WireMessage)?, changes: [String: String?] = [:]) -> PeerStream {
        let id = newStreamID()
        send(.headers(id, Self.head(event.path, changes: changes)))
        if let message { send(.data(id, lengthPrefixed(message.wireBytes()))) }
        return PeerStream(self, id: id)
    }

    /// How many bytes of DATA have come on a stream.
    func receivedBytes(on id: UInt32) -> Int {
        history.reduce(0) { count, frame in
            guard case .data(id, let bytes, _) = frame else { return count }
            return count + bytes.count
        }
    }

    /// Waits for GOAWAY.
    func goAway() async throws -> ReceivedFrame {
        try await expect { if case .goAway = $0 { true } else { false } }
    }

    /// Answers the PING after the first GOAWAY: everything that was sent before it has arrived.
    func answerPing() async throws {
        guard case .ping(let opaque) = try await expect({ if case .ping = $0 { true } else { false } }) else { return }
        send(.ping(opaque, .ack))
    }
}

extension RawConnection {
    /// The window that a stream begins with.
    var streamWindow: Int {
        for case .settings(let settings) in history {
            for setting in settings where setting.identifier == .initialWindowSize { return Int(setting.value) }
        }
        return 65_535
    }

    /// All credit that the server has given for a stream, beyond its first window.
    func credit(of id: UInt32) -> Int {
        history.reduce(0) { credit, frame in
            guard case .windowUpdate(id, let increment) = frame else { return credit }
            return credit + Int(increment)
        }
    }
}
