import GRPCCall
import HTTP2FrameKit
import HTTP2Transport
import Testing

@testable import GRPCClient

@Suite struct GRPCChannelLimitTests {
    /// A path that is free.
    private static func socketPath() -> String { "/tmp/grpc-client-\(UInt64.random(in: 0 ... .max)).sock" }

    @Test("ends calls at once while nothing listens, but for those that wait for the server")
    func unreachable() async throws {
        let path = Self.socketPath()
        let channel = try GRPCChannel.to(.unixSocket(path: path))
        let reason = "there is no such socket; start the server, or choose another path"
        #expect(await channel.call([1]) == .failure(GRPCStatus(.unavailable, reason)))
        let waiting = Task { await channel.call([1], waitsForServer: true) }
        let server = try await FrameServer.listening(atSocket: path)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            while let id = try await connection.nextRequest() { try await connection.answer(id, [5]) }
        } while: {
            let waited = await waiting.value
            #expect(waited == .success([5]))
            #expect(await channel.call([1]) == .success([5]))
            await channel.shutDown()
        }
    }

    @Test("waits longer after each failure, up to a limit")
    func backoff() {
        var backoff = Backoff()
        backoff.first = .seconds(1)
        backoff.most = .seconds(30)
        let limits = [0, 1, 2, 3, 5, 6, 7, 64, .max].map { backoff.limit(failures: $0) }
        #expect(limits == [1, 1, 2, 4, 16, 30, 30, 30, 30].map { .seconds($0) })
        let delays = (0..<200).map { _ in backoff.delay(failures: 3) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(4) })
        #expect(Set(delays).count > 100)
    }

    @Test("refuses calls above its limits, and takes others when those are over")
    func limits() async throws {
        let server = try await FrameServer.listening()
        let (requests, continuation) = AsyncStream.makeStream(of: Void.self)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            while try await connection.nextRequest() != nil { continuation.yield() }
        } while: {
            let channel = try GRPCChannel.to(server) {
                $0.maxCalls = 2
                $0.maxBytes = 1_000
            }
            let large = [UInt8](repeating: 0, count: 1_000)
            let refusal = GRPCStatus(
                .resourceExhausted,
                "the requests that are open or wait for the server hold 0 bytes"
            )
            #expect(await channel.call(large) == .failure(refusal))
            var iterator = requests.makeAsyncIterator()
            let calls = (0..<2).map { _ in Task { await channel.call([1]) } }
            for _ in calls { await iterator.next() }
            let tooMany = GRPCStatus(.resourceExhausted, "2 calls are open or wait for the server")
            #expect(await channel.call([1]) == .failure(tooMany))
            for call in calls {
                call.cancel()
                #expect(await call.value.code == .cancelled)
            }
            let next = Task { await channel.call([1]) }
            await iterator.next()
            next.cancel()
            #expect(await next.value.code == .cancelled)
            await channel.shutDown()
        }
    }

    @Test("gives up a server that says nothing, or something else")
    func greeting() async throws {
        let server = try await FrameServer.listening()
        try await server.serving { connection in
            var connection = connection
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server) { $0.greetingTimeout = .milliseconds(20) }
            let reason = "it does not answer; check the address, and any firewall in between"
            #expect(await channel.call([1]) == .failure(GRPCStatus(.unavailable, reason)))
            await channel.shutDown()
        }
    }

    @Test("gives up answers that are not one message", arguments: [0, 2, 5])
    func answers(count: Int) async throws {
        let server = try await FrameServer.listening()
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            guard let id = try await connection.nextRequest() else { return }
            try await connection.send(.headers(id, FrameConnection.head))
            for _ in 0..<count {
                try await connection.send(
                    .data(
                        id,
                        [0, 0, 0, 0, count == 5 ? 101 : 1, 1] + (count == 5 ? Array(repeating: 0, count: 100) : [])
                    )
                )
            }
            try await connection.send(.headers(id, [.literal("grpc-status", "0")], [.endHeaders, .endStream]))
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server) { $0.maxMessage = 100 }
            let expected: GRPCStatus.Code = count == 5 ? .resourceExhausted : .internalError
            #expect(await channel.call([1]).code == expected)
            await channel.shutDown()
        }
    }
}
