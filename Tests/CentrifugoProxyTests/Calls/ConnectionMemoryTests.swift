import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import Testing

/// How much one connection can make the server hold beyond HTTP/2's own frames: messages, metadata, publications.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConnectionMemoryTests {
    private static let mebibyte = 1_024 * 1_024

    private static func configuration(
        memory: Int,
        _ executor: ProxyServer.Executor = .eventLoop
    ) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.maxConnectionMemory = memory
        return configuration
    }

    /// The body of a call of `keep` with so many bytes of data.
    private static func body(_ count: Int, compressed: Bool) throws -> [UInt8] {
        let data = [0x22] + [UInt8](repeating: 0x61, count: count - 2) + [0x22]
        let message = RPCRequest(method: "keep", data: data).wireBytes()
        guard compressed else { return lengthPrefixed(message) }
        var deflated: [UInt8] = []
        try message.withUnsafeBytes { try Gzip().deflate($0, appendingTo: &deflated) }
        return lengthPrefixed(deflated, flag: 1)
    }

    /// Hostile input: requests-held.
    @Test(
        "refuses calls while handlers hold too many bytes of a connection, also inflated ones, and serves others",
        arguments: ProxyServer.Executor.all,
        [(15_000, false), (50_000, true), (200_000, true)]
    )
    func messages(executor: ProxyServer.Executor, size: (bytes: Int, isCompressed: Bool)) async throws {
        let log = LogRecorder()
        let commands = Commands()
        let configuration = Self.configuration(memory: 2 * Self.mebibyte, executor)
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration, log: log) { server in
            let connection = try await server.connect()
            let body = try Self.body(size.bytes, compressed: size.isCompressed)
            let changes: [String: String?] = size.isCompressed ? ["grpc-encoding": "gzip"] : [:]
            let count = 2 * 2 * Self.mebibyte / size.bytes
            let ids = (0..<count).map { _ in connection.start(body: body, changes: changes) }
            let first = try await connection.expect { $0.endsStream }
            // All have arrived when these are answered.
            for _ in 0..<2 { try await connection.roundTrip() }
            try await server.connect().stillServes()
            commands.gate.open()
            var served = 0
            for id in ids where id != first.streamID {
                let status = try await connection.answer(to: id).grpcStatus
                #expect(status == "0" || status == "14")
                if status == "0" { served += 1 }
            }
            // Five eighths of the limit, and one call more.
            #expect(served > 2 && served <= 5 * 2 * Self.mebibyte / 8 / size.bytes + 1)
            try await connection.stillServes()
        }
        #expect(log.lines().count { $0.message.contains("maxConnectionMemory") } == 1)
    }

    /// Keeps the contexts of subscriptions to `keep`.
    private actor Keeper: SubscribeUnidirectionalHandler {
        private let hub = ChannelHub()

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            guard request.channel == "keep" else { return UnidirectionalSubscription(from: hub, channel: "c") }
            return UnidirectionalSubscription { _ in
                let end = await Events<Step>().untilCancelled()
                return context.metadata.isEmpty ? .interrupted : end
            }
        }
    }

    /// Metadata near the limit of a header list, with a value of its own when asked for.
    private static func metadata(_ number: Int?) -> [String: String?] {
        ["x-large": String(repeating: "m", count: 16_000), "x-number": "\(number ?? 0)"]
    }

    /// Hostile input: metadata-held.
    @Test("keeps no metadata for streams whose handlers cannot ask for it any more, and shares what they can ask for")
    func metadata() async throws {
        var configuration = Self.configuration(memory: 16 * Self.mebibyte)
        configuration.limits.streamDrainWindow = .zero
        let service = ProxyService(rpc: Commands(), subscribeUnidirectional: Keeper())
        try await TestServer.run(service, configuration: configuration) { server in
            let connection = try await server.connect()
            // 16 MB if they were all kept.
            for number in 0..<1_000 {
                _ = try await connection.subscribe("hub", changes: Self.metadata(number)).reply()
            }
            let second = try await server.connect()
            for _ in 0..<1_000 { _ = try await second.subscribe("keep", changes: Self.metadata(nil)).reply() }
            // Those have lists of their own.
            let third = try await server.connect()
            var accepted = 0
            while accepted < 1_000 {
                let stream = third.subscribe("keep", changes: Self.metadata(accepted))
                guard try await stream.next()?.subscribeResponse != nil else {
                    #expect(stream.status == "14")
                    break
                }
                accepted += 1
            }
            #expect(accepted > 100 && accepted < 700)
            _ = try await connection.subscribe("hub").reply()
        }
    }

    /// Hostile input: publications-held.
    @Test("counts what clients publish and nobody reads")
    func publications() async throws {
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { _, _ in
                    await Events<Step>().untilCancelled()
                }
            },
            configuration: Self.configuration(memory: 4 * Self.mebibyte)
        ) { server, connection async throws in
            var accepted = 0
            while accepted < 200 {
                let stream = connection.subscribeBoth()
                guard try await stream.next()?.subscribeResponse != nil else {
                    #expect(stream.status == "14")
                    break
                }
                accepted += 1
                try await stream.sendWithinWindow(
                    [UInt8](repeating: 0, count: 5) + [UInt8](repeating: 0, count: 60_000)
                )
                try await connection.roundTrip()
            }
            #expect(accepted > 10 && accepted < 60)
            try await connection.roundTrip()
        }
    }
}
