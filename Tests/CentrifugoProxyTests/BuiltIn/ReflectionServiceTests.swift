import CentrifugoProxy
import HTTP2FrameKit
import ProtobufWire
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReflectionServiceTests {
    private static func run(
        configuration: ProxyServer.Configuration = .test(),
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            try await body(server, server.connect())
        }
    }

    @Test("answers requests in their order, until the peer ends its side", arguments: ["v1", "v1alpha"])
    func stream(version: String) async throws {
        try await Self.run { _, connection in
            let stream = connection.reflect(version)
            let services = try await stream.ask(.listServices("*"), host: "example.org")
            let names = [
                "centrifugal.centrifugo.proxy.CentrifugoProxy", "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ]
            #expect(services == .services(ReflectedServices(names)))
            let file = try await stream.ask(.fileByFilename("proxy.proto"))
            try await #expect(stream.ask(.fileContainingSymbol(names[0])) == file)
            guard case .files(let files) = file else { throw ConnectionClosed() }
            #expect(files.descriptors.count == 1)
            #expect(files.descriptors[0].starts(with: [0x0A, 11] + "proxy.proto".utf8))
            let type = "grpc.health.v1.HealthCheckRequest"
            try await #expect(
                stream.ask(.allExtensionNumbersOfType(type))
                    == .extensionNumbers(ReflectedExtensionNumbers(baseTypeName: type))
            )
            stream.halfClose()
            try await #expect(stream.end() == "0")
        }
    }

    @Test(
        "reports what it does not know, and continues",
        arguments: [
            (.fileByFilename("nothing.proto"), 5), (.fileContainingSymbol("nothing"), 5),
            (.fileContainingSymbol(""), 5),
            (.fileContainingExtension(ReflectedExtension(containingType: "a", number: 1)), 5),
            (.allExtensionNumbersOfType("nothing"), 5), (.allExtensionNumbersOfType("grpc.health.v1.Health"), 5),
            (nil, 3),
        ] as [(ReflectionRequest.Query?, Int32)]
    )
    func failures(query: ReflectionRequest.Query?, code: Int32) async throws {
        try await Self.run { _, connection in
            let stream = connection.reflect()
            guard case .failure(let failure) = try await stream.ask(query) else { throw ConnectionClosed() }
            #expect(failure.code == code)
            #expect(!failure.message.isEmpty)
            guard case .services = try await stream.ask(.listServices("")) else { throw ConnectionClosed() }
        }
    }

    @Test("takes requests in pieces, and many at once")
    func pieces() async throws {
        try await Self.run { _, connection in
            let stream = connection.reflect()
            let request = ReflectionRequest(host: "h", .fileByFilename("none"))
            for byte in lengthPrefixed(request.wireBytes()) { connection.send(.data(stream.id, [byte])) }
            try await #expect(stream.message(ReflectionResponse.self)?.originalRequest == request)
            let many = (0..<20).map { ReflectionRequest(host: "\($0)", .listServices("")) }
            connection.send(.data(stream.id, many.flatMap { lengthPrefixed($0.wireBytes()) }, .endStream))
            for request in many {
                try await #expect(stream.message(ReflectionResponse.self)?.validHost == request.host)
            }
            try await #expect(stream.end() == "0")
        }
    }

    @Test("ends a stream without a request with OK")
    func empty() async throws {
        try await Self.run { _, connection in
            let stream = connection.reflect()
            stream.halfClose()
            try await #expect(stream.end() == "0")
        }
    }

    @Test(
        "ends a stream with a malformed request, and serves the next one",
        arguments: [
            (lengthPrefixed([0x07]), "13"), ([0, 0, 0], "13"), ([0, 0, 0, 0x10, 0x01], "8"), ([1, 0, 0, 0, 0], "13"),
        ] as [([UInt8], String)]
    )
    func malformed(bytes: [UInt8], status: String) async throws {
        try await Self.run { _, connection in
            let stream = connection.reflect()
            _ = try await stream.ask(.listServices(""))
            connection.send(.data(stream.id, bytes, .endStream))
            try await #expect(stream.message(ReflectionResponse.self) == nil)
            #expect(stream.status == status)
            let next = connection.reflect()
            _ = try await next.ask(.listServices(""))
        }
    }

    @Test("takes no more from a peer that reads nothing, and everything once it reads")
    func unread() async throws {
        try await Self.run { server, _ in
            let connection = try await server.connect(window: 0)
            let stream = connection.reflect()
            let request = ReflectionRequest(host: String(repeating: "h", count: 1_000), .listServices(""))
            let count = 1_000
            var rest = (0..<count).flatMap { _ in lengthPrefixed(request.wireBytes()) }[...]
            let total = rest.count
            /// Sends what the server's window has room for; returns how much that was.
            func sendWhatFits() -> Int {
                let room = connection.streamWindow + connection.credit(of: stream.id) - (total - rest.count)
                let part = rest.prefix(min(room, 10_000))
                if !part.isEmpty { connection.send(.data(stream.id, Array(part))) }
                rest = rest.dropFirst(part.count)
                return part.count
            }
            var isFull = false
            while !isFull {
                isFull = sendWhatFits() == 0
                try await connection.roundTrip()
            }
            // One buffer of answers, one of requests and one window; not the megabyte that the peer tries to send.
            #expect(total - rest.count < 300_000)
            #expect(connection.receivedBytes(on: stream.id) == 0)
            connection.send(.windowUpdate(stream.id, 0x7FFF_FFFF))
            for _ in 0..<count {
                while sendWhatFits() > 0 {}
                try await #expect(stream.message(ReflectionResponse.self)?.originalRequest == request)
            }
            stream.halfClose()
            try await #expect(stream.end() == "0")
        }
    }

    @Test("is an unknown method when it is switched off", arguments: ["v1", "v1alpha"])
    func off(version: String) async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.reflection = false
        try await Self.run(configuration: configuration) { _, connection in
            try await #expect(connection.reflect(version).end() == "12")
            try await #expect(connection.check("grpc.reflection.\(version).ServerReflection").grpcStatus == "5")
            try await #expect(connection.status() == .serving)
        }
    }

    @Test("needs the shared secret")
    func secret() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.sharedSecret = try SharedSecret(metadataKey: "key", values: ["value"])
        try await Self.run(configuration: configuration) { _, connection in
            try await #expect(connection.reflect().end() == "16")
            let stream = connection.reflect(changes: ["key": "value"])
            _ = try await stream.ask(.listServices(""))
        }
    }

    @Test("ends at its deadline, without a request at the server's own, and UNAVAILABLE at a shutdown")
    func ends() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.firstMessageTimeout = .milliseconds(200)
        configuration.limits.streamDrainWindow = .milliseconds(10)
        try await Self.run(configuration: configuration) { server, connection in
            let open = connection.reflect()
            _ = try await open.ask(.listServices(""))
            try await #expect(connection.reflect(changes: ["grpc-timeout": "20m"]).end() == "4")
            try await #expect(connection.reflect().end() == "4")
            // The open one had a request, so no timer runs for it.
            _ = try await open.ask(.listServices(""))
            await server.shutDown()
            try await #expect(open.end() == "14")
            try await connection.answerPing()
            _ = try await connection.rest()
        }
    }
}
