import GRPCCall
import GRPCClient
import HTTP2FrameKit
import Synchronization
import Testing

/// Servers that do what no good one does.
@Suite struct GRPCChannelHostileTests {
    @Test("asks for fewer PINGs once, however often a server complains")
    func complaints() async throws {
        let server = try await FrameServer.listening()
        let connections = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            let isFirst = connections.add(1, ordering: .relaxed).newValue == 1
            while let id = try await connection.nextRequest() {
                guard isFirst else {
                    try await connection.answer(id, [2])
                    continue
                }
                // Each would double the time, which a number does not hold for long.
                for _ in 0..<200 { try await connection.send(.goAway(last: id, .enhanceYourCalm)) }
                try await connection.answer(id, [1])
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            #expect(await channel.call([1]) == .success([1]))
            #expect(await channel.call([1]) == .success([2]))
            await channel.shutDown()
        }
    }

    @Test("does not send a call again that the server has begun to answer")
    func answered() async throws {
        let server = try await FrameServer.listening()
        let requests = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            while let id = try await connection.nextRequest() {
                requests.add(1, ordering: .relaxed)
                try await connection.send(.headers(id, FrameConnection.head), .resetStream(id, .refusedStream))
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            #expect(await channel.call([1]).code == .unavailable)
            await channel.shutDown()
        }
        let count = requests.load(ordering: .relaxed)
        #expect(count == 1)
    }

    @Test("gives the place of a call that was left to the next one")
    func places() async throws {
        let server = try await FrameServer.listening()
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings(Setting(.maxConcurrentStreams, 1)))
            // The first call shows that SETTINGS have arrived, the second is never answered.
            guard let first = try await connection.nextRequest() else { return }
            try await connection.answer(first, [0])
            _ = try await connection.nextRequest()
            while let id = try await connection.nextRequest() { try await connection.answer(id, [7]) }
        } while: {
            let channel = try GRPCChannel.to(server)
            #expect(await channel.call([1]) == .success([0]))
            async let hanging = channel.call([1], timeout: .milliseconds(50))
            async let waiting = channel.call([2])
            let answers = await [hanging, waiting]
            // Which of the two came first is chance.
            #expect(answers.contains(.success([7])))
            #expect(answers.contains { $0.code == .deadlineExceeded } || answers[0] == .success([7]))
            await channel.shutDown()
        }
    }

    @Test("frees the place of a call that is answered before its body could be sent")
    func early() async throws {
        let server = try await FrameServer.listening()
        try await server.serving { connection in
            var connection = connection
            try await connection.send(
                .settings(Setting(.maxConcurrentStreams, 1), Setting(.initialWindowSize, 0))
            )
            while let id = try await connection.nextRequest() {
                let refusal = FrameConnection.head + [.literal("grpc-status", "7")]
                try await connection.send(.headers(id, refusal, [.endHeaders, .endStream]))
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            for _ in 0..<5 { #expect(await channel.call([1]).code == .permissionDenied) }
            await channel.shutDown()
        }
    }

    @Test("gives up a server that says nothing, also after a call's time is over")
    func mute() async throws {
        let server = try await FrameServer.listening()
        let connections = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            connections.add(1, ordering: .relaxed)
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server) { $0.greetingTimeout = .milliseconds(200) }
            #expect(await channel.call([1], timeout: .milliseconds(20)).code == .deadlineExceeded)
            // Ends with the connection and not with its own time.
            #expect(await channel.call([1]).code == .unavailable)
            await channel.shutDown()
        }
    }

    @Test(
        "says what an answer is that is not gRPC's",
        arguments: [
            ([(":status", "200"), ("content-type", "text/html")], .unknown),
            ([(":status", "200")], .unknown), ([(":status", "503")], .unavailable),
            ([(":status", "503"), ("grpc-status", "8")], .resourceExhausted),
        ] as [([(String, String)], GRPCStatus.Code)]
    )
    func foreign(fields: [(String, String)], code: GRPCStatus.Code) async throws {
        let server = try await FrameServer.listening()
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            guard let id = try await connection.nextRequest() else { return }
            let head = fields.map { HeaderRepresentation.literal($0.0, $0.1) }
            try await connection.send(.headers(id, head, [.endHeaders, .endStream]))
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server)
            #expect(await channel.call([1]).code == code)
            await channel.shutDown()
        }
    }
}
