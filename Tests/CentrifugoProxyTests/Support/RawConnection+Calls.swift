import CentrifugoProxy
import HTTP2FrameKit
import HTTP2Framing
import ProtobufWire
import Testing

/// The whole answer to one call.
struct Answer: Sendable {
    var headers: [Field] = []
    var body: [UInt8] = []
    var trailers: [Field] = []
    var reset: ErrorCode?

    var httpStatus: String? { headers[":status"] }
    /// The call's status; Trailers-Only answers have it in their headers.
    var grpcStatus: String? { trailers["grpc-status"] ?? headers["grpc-status"] }
    var grpcMessage: String? { trailers["grpc-message"] ?? headers["grpc-message"] }

    /// The only message of a successful call.
    func message<Message: WireMessage>(_ type: Message.Type = Message.self) throws -> Message {
        try #require(grpcStatus == "0", "\(headers) \(trailers) \(String(describing: reset))")
        let prefix = try #require(body.count >= 5 ? body[..<5] : nil)
        #expect(prefix[0] == 0)
        #expect(prefix[1...].reduce(0) { $0 << 8 | Int($1) } == body.count - 5)
        return try Message(wireBytes: Array(body[5...]))
    }
}

extension RawConnection {
    /// The header list of a call as Centrifugo sends it, but with the new values in `changes`; nil leaves a field out.
    static func head(_ path: String, changes: [String: String?] = [:], adding: [Field] = []) -> [HeaderRepresentation] {
        let usual = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1:10001"),
            ("content-type", "application/grpc"), ("user-agent", "grpc-go/1.82.0"), ("te", "trailers"),
        ]
        var fields = usual.compactMap { name, value in
            let value = changes[name] ?? value
            return value.map { Field(name, $0) }
        }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) where !usual.contains(where: { $0.0 == name }) {
            if let value { fields.append(Field(name, value)) }
        }
        return [HeaderRepresentation](fields + adding)
    }

    /// Sends a whole call and returns its stream.
    @discardableResult
    func start(
        _ event: ProxyEvent,
        _ request: any WireMessage,
        changes: [String: String?] = [:]
    ) -> UInt32 {
        start(path: event.path, body: lengthPrefixed(request.wireBytes()), changes: changes)
    }

    /// Sends a whole call of raw parts and returns its stream.
    @discardableResult
    func start(
        path: String = ProxyEvent.rpc.path,
        body: [UInt8],
        changes: [String: String?] = [:],
        adding: [Field] = []
    ) -> UInt32 {
        let id = newStreamID()
        send(
            .headers(id, Self.head(path, changes: changes, adding: adding)),
            .data(id, body, .endStream)
        )
        return id
    }

    /// Waits for everything that the server sends on a stream.
    func answer(to id: UInt32) async throws -> Answer {
        var answer = Answer()
        while true {
            let frame = try await expect { $0.streamID == id }
            switch frame {
            case .headers(_, let fields, _):
                if answer.headers.isEmpty { answer.headers = fields } else { answer.trailers = fields }
            case .data(_, let bytes, _): answer.body += bytes
            case .resetStream(_, let code): answer.reset = code
            default: continue
            }
            if frame.endsStream { return answer }
        }
    }

    /// Calls an event and decodes its reply.
    func call<Response: WireMessage>(
        _ event: ProxyEvent,
        _ request: any WireMessage,
        as response: Response.Type = Response.self
    ) async throws -> Response {
        try await answer(to: start(event, request)).message(response)
    }

    /// Calls a method of the test's RPC handler.
    func rpc(_ method: String, data: String = "") async throws -> RPCResponse {
        try await call(.rpc, RPCRequest(method: method, data: [UInt8](data.utf8)))
    }

    /// Makes sure that the connection still works.
    func stillServes(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let reply = try await rpc("echo", data: #"{"n":1}"#)
        #expect(reply.result?.data.text == #"{"n":1}"#, sourceLocation: sourceLocation)
    }
}

extension TestServer {
    /// Makes sure that a new connection is served, however often one is closed before its first frames.
    func servesAnother() async throws {
        while try await !connectSilently().isServed() {}
    }
}

extension RawConnection {
    /// Whether the server accepts the connection rather than closing it.
    fileprivate func isServed() async throws -> Bool {
        do {
            try await begin()
            try await stillServes()
            return true
        } catch is ConnectionClosed {
            return false
        }
    }
}

/// A message after gRPC's length prefix.
func lengthPrefixed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    let length = UInt32(message.count)
    return [flag] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) } + message
}
