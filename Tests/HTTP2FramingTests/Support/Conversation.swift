import HTTP2FrameKit
import HTTP2Framing

/// A client and a server session joined in memory.
final class Conversation {
    private var client: HTTP2Session
    private var server: HTTP2Session
    private(set) var clientSees: [SeenEvent] = []
    private(set) var serverSees: [SeenEvent] = []
    /// The last header list or trailers the client got on each stream.
    private(set) var clientFields: [Int32: [Field]] = [:]
    /// Answers an event on the server.
    var serve: (HTTP2Event, inout HTTP2Session) -> Void = { _, _ in }

    init(client: HTTP2Settings = HTTP2Settings(), server: HTTP2Settings = HTTP2Settings()) {
        self.client = HTTP2Session(clientWith: client)
        self.server = HTTP2Session(
            serverFor: HTTP2Routes([("/unary", .unary), ("/stream", .streaming)]),
            settings: server
        )
    }

    func client<Result>(_ body: (inout HTTP2Session) throws -> Result) rethrows -> Result {
        try body(&client)
    }

    func server<Result>(_ body: (inout HTTP2Session) throws -> Result) rethrows -> Result {
        try body(&server)
    }

    /// Carries bytes both ways until neither side has any left.
    func run() {
        while client.wantsWrite || server.wantsWrite {
            let toServer = Self.written(by: &client)
            toServer.withUnsafeBytes { server.receive($0, now: 0) }
            takeServerEvents()
            let toClient = Self.written(by: &server)
            takeServerEvents()
            toClient.withUnsafeBytes { client.receive($0, now: 0) }
            takeClientEvents()
        }
    }

    private static func written(by session: inout HTTP2Session) -> [UInt8] {
        var bytes: [UInt8] = []
        let portion = 16_384
        while session.wantsWrite {
            bytes += [UInt8](unsafeUninitializedCapacity: portion) { buffer, count in
                count = session.write(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return bytes
    }

    private func takeServerEvents() {
        while let event = server.nextEvent() {
            serverSees.append(SeenEvent(event))
            serve(event, &server)
        }
    }

    private func takeClientEvents() {
        while let event = client.nextEvent() {
            clientSees.append(SeenEvent(event))
            if let stream = event.stream, let list = event.headers { clientFields[stream.id] = list.copied }
            if case .data(let stream, let bytes) = event { client.consume(bytes.count, of: stream.id) }
        }
    }
}
