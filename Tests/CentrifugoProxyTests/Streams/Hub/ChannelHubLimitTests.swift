import CentrifugoProxy
import HTTP2FrameKit
import ProtobufWire
import Testing

/// The largest publication of a hub: the publisher gets the error, and not each subscriber's peer.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ChannelHubLimitTests {
    private static func run(_ service: ProxyService, limit: Int, _ body: (TestServer) async throws -> Void) async throws
    {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxAnswerSize = limit
        try await TestServer.run(service, configuration: configuration, body)
    }

    /// A publication whose message has a size.
    private static func publication(_ size: Int) -> Publication {
        let overhead =
            StreamSubscribeResponse(publication: Publication(data: .bytes(Array(repeating: 0x31, count: size))))
            .wireBytes().count - size
        return Publication(data: .bytes(Array(repeating: 0x31, count: size - overhead)))
    }

    private static let centrifugos = 4 << 20

    @Test("publishes 4 MiB and no more without subscribers", arguments: ["", "room"])
    func withoutSubscribers(channel: String) throws {
        let hub = ChannelHub()
        try hub.publish(Self.publication(Self.centrifugos), to: channel)
        #expect(throws: PayloadError.self) { try hub.publish(Self.publication(Self.centrifugos + 1), to: channel) }
        // As a JSON string it is twice as long.
        let text = String(repeating: "\"", count: 3 << 20)
        #expect(throws: PayloadError.self) { try hub.publish(Publication(data: .text(text)), to: channel) }
        // Tags are part of the message.
        let tags = ["k": String(repeating: "x", count: Self.centrifugos)]
        #expect(throws: PayloadError.self) { try hub.publish(Publication(data: "1", tags: tags), to: channel) }
    }

    @Test("publishes as much as the smallest of its servers may send, in any channel")
    func servers() async throws {
        let hub = ChannelHub()
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(unidirectional: { _ in
                UnidirectionalSubscription(from: hub, channel: "room")
            })
        )
        func most(_ size: Int) {
            for channel in ["room", "another"] {
                #expect(throws: Never.self) { try hub.publish(Self.publication(size), to: channel) }
                #expect(throws: PayloadError.self) { try hub.publish(Self.publication(size + 1), to: channel) }
            }
        }
        most(Self.centrifugos)
        try await Self.run(service, limit: 2_000) { server in
            let connection = try await server.connect()
            let streams = (0..<2).map { _ in connection.subscribe() }
            for stream in streams { _ = try await stream.reply() }
            most(2_000)
            try await Self.run(service, limit: 1_000) { small in
                let connection = try await small.connect()
                let stream = connection.subscribe()
                _ = try await stream.reply()
                most(1_000)
                stream.cancel()
                try await connection.roundTrip()
                most(2_000)
            }
            // A server's larger limit does not raise Centrifugo's.
            try await Self.run(service, limit: 8 << 20) { large in
                let connection = try await large.connect()
                _ = try await connection.subscribe().reply()
                most(2_000)
            }
            streams[0].cancel()
            try await connection.roundTrip()
            most(2_000)
            streams[1].cancel()
            try await connection.roundTrip()
            most(Self.centrifugos)
        }
    }
}
