import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import Testing

/// Messages that take long to decode.
@Suite(.serialized, .timeLimit(.minutes(1))) struct LargeMessageTests {
    /// A call of `echo` with so many bytes of text.
    private static func body(_ count: Int, compressed: Bool) throws -> [UInt8] {
        let data = [0x22] + [UInt8](repeating: 0x61, count: count - 2) + [0x22]
        let message = RPCRequest(method: "count", data: data).wireBytes()
        return compressed ? lengthPrefixed(try deflated(message), flag: 1) : lengthPrefixed(message)
    }

    private static func deflated(_ message: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        try message.withUnsafeBytes { try Gzip().deflate($0, appendingTo: &output) }
        return output
    }

    private static let gzip: [String: String?] = ["grpc-encoding": "gzip"]

    /// Sends a body in frames of 16 KiB.
    private static func send(_ body: [UInt8], on connection: RawConnection, changes: [String: String?] = [:]) -> UInt32
    {
        let id = connection.newStreamID()
        connection.send(.headers(id, RawConnection.head(ProxyEvent.rpc.path, changes: changes)))
        var rest = body[...]
        while !rest.isEmpty {
            let part = rest.prefix(16_384)
            rest = rest.dropFirst(part.count)
            connection.send(.data(id, Array(part), rest.isEmpty ? .endStream : []))
        }
        return id
    }

    /// Hostile input: gzip-turns.
    @Test("serves large messages, compressed or not, beside small ones of their own and of other connections")
    func served() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let other = try await server.connect()
            var ids: [UInt32] = []
            for _ in 0..<8 {
                ids.append(Self.send(try Self.body(3_000_000, compressed: true), on: connection, changes: Self.gzip))
                ids.append(Self.send(try Self.body(200_000, compressed: false), on: connection))
                ids.append(connection.start(.rpc, RPCRequest(method: "echo")))
                try await other.stillServes()
            }
            for id in ids { try await #expect(connection.answer(to: id).grpcStatus == "0") }
            try await connection.stillServes()
        }
    }

    @Test("ends broken and too large ones, and forgets those whose stream or connection is gone")
    func ends() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxRequestSize = 1_000_000
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            let connection = try await server.connect()
            let good = try Self.body(900_000, compressed: true)
            var corrupt = good
            corrupt[corrupt.count / 2] ^= 0xFF
            let broken = connection.start(body: corrupt, changes: Self.gzip)
            let tooLarge = connection.start(body: try Self.body(1_100_000, compressed: true), changes: Self.gzip)
            let reset = connection.start(body: good, changes: Self.gzip)
            connection.send(.resetStream(reset, .cancel))
            let last = connection.start(body: good, changes: Self.gzip)
            try await #expect(connection.answer(to: broken).grpcStatus == "13")
            try await #expect(connection.answer(to: tooLarge).grpcStatus == "8")
            try await #expect(connection.answer(to: last).grpcStatus == "0")
            let leaving = try await server.connect()
            for _ in 0..<20 { leaving.start(body: good, changes: Self.gzip) }
            await leaving.close()
            try await connection.stillServes()
        }
    }

    /// Hostile input: elements.
    @Test("refuses a message with too many elements, and says so")
    func elements() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxMessageElements = 100
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            let message = RPCRequest(method: "count").wireBytes()
            for (count, status) in [(100, "0"), (101, "8"), (10_000, "8"), (100_000, "8")] {
                let body = lengthPrefixed(message + Array(repeatElement([0x7A, 0], count: count).joined()))
                try await #expect(connection.answer(to: Self.send(body, on: connection)).grpcStatus == status)
            }
            try await connection.stillServes()
        }
    }

    @Test("takes the first message of a stream in its time, too")
    func stream() async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { request in
                #expect(request.data.count == 2_000_000)
                return UnidirectionalSubscription { _ in await steps.untilCancelled() }
            }
        ) { _, connection async throws in
            let data = [0x22] + [UInt8](repeating: 0x61, count: 1_999_998) + [0x22]
            let message = SubscribeRequest(encoding: "json", channel: "c", data: data).wireBytes()
            let body = lengthPrefixed(try Self.deflated(message), flag: 1)
            for _ in 0..<3 {
                let id = connection.start(
                    path: ProxyEvent.subscribeUnidirectional.path,
                    body: body,
                    changes: Self.gzip
                )
                _ = try await PeerStream(connection, id: id).reply()
            }
        }
    }

    /// Hostile input: gzip-turns.
    @Test("takes a client's publications in their time, up to the one that is broken", arguments: [nil, 0, 2])
    func publications(broken: Int?) async throws {
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, writer in
                    for await publication in publications {
                        try await writer.write(Publication(data: .text("\(publication.data.bytes.count)")))
                    }
                    return .finished
                }
            }
        ) { _, connection async throws in
            let stream = PeerStream(connection, id: connection.newStreamID())
            let head = RawConnection.head(ProxyEvent.subscribeBidirectional.path, changes: Self.gzip)
            connection.send(.headers(stream.id, head))
            let request = SubscribeRequest(encoding: "json", channel: "room")
            connection.send(
                .data(stream.id, lengthPrefixed(StreamSubscribeRequest(subscribeRequest: request).wireBytes()))
            )
            for index in 0..<3 {
                let data = [0x22] + [UInt8](repeating: 0x61, count: 1_999_998) + [0x22]
                let message = StreamSubscribeRequest(publication: Publication(data: Payload(json: data))).wireBytes()
                var deflated = try Self.deflated(message)
                if index == broken { deflated[deflated.count / 2] ^= 0xFF }
                let isLast = index == 2
                connection.send(.data(stream.id, lengthPrefixed(deflated, flag: 1), isLast ? .endStream : []))
            }
            #expect(try await stream.reply().error == nil)
            #expect(try await stream.texts() == Array(repeating: #""2000000""#, count: broken ?? 3))
            #expect(stream.status == (broken == nil ? "0" : "13"))
            try await connection.stillServes()
        }
    }
}
