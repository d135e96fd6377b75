import GRPCCall
import GRPCClient
import HTTP2FrameKit
import HTTP2Transport
import Synchronization
import Testing

@Suite struct GRPCChannelTests {
    @Test("has many calls on one connection, and no more at a time than the server allows")
    func manyCalls() async throws {
        let server = try await FrameServer.listening()
        let connections = Atomic(0)
        let tooMany = Atomic(false)
        try await server.serving { connection in
            var connection = connection
            connections.add(1, ordering: .relaxed)
            try await connection.send(.settings(Setting(.maxConcurrentStreams, 3)))
            var open: Set<UInt32> = []
            while let frame = try await connection.next() {
                if case .headers(let id, _, _) = frame { open.insert(id) }
                if open.count > 3 { tooMany.store(true, ordering: .relaxed) }
                guard case .data(let id, let bytes, true) = frame else { continue }
                open.remove(id)
                try await connection.answer(id, Array(bytes.dropFirst(5)))
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            // The first one brings the server's SETTINGS.
            #expect(await channel.call([0]) == .success([0]))
            await withTaskGroup(of: Bool.self) { group in
                for number in 1...100 as ClosedRange<UInt8> {
                    group.addTask { await channel.call([number]) == .success([number]) }
                }
                for await isRight in group { #expect(isRight) }
            }
            await channel.shutDown()
        }
        let count = connections.load(ordering: .relaxed)
        #expect(count == 1)
        let hadTooMany = tooMany.load(ordering: .relaxed)
        #expect(!hadTooMany)
    }

    @Test("sends again what the server has not processed before its GOAWAY, and lets the rest end")
    func goAway() async throws {
        let server = try await FrameServer.listening()
        let connections = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            let isFirst = connections.add(1, ordering: .relaxed).newValue == 1
            if isFirst {
                for _ in 0..<3 { _ = try await connection.nextRequest() }
                try await connection.send(.goAway(last: 1, .noError))
                try await connection.answer(1, [1])
                // It closes when the last call is over.
                while try await connection.next() != nil {}
            }
            while let id = try await connection.nextRequest() { try await connection.answer(id, [2]) }
        } while: {
            let channel = try GRPCChannel.to(server)
            let answers = await withTaskGroup(of: Result<[UInt8], GRPCStatus>.self) { group in
                for number in 0..<3 as Range<UInt8> { group.addTask { await channel.call([number]) } }
                return await group.reduce(into: [UInt8]()) { $0 += (try? $1.get()) ?? [0] }
            }
            #expect(answers.sorted() == [1, 2, 2])
            await channel.shutDown()
        }
        let count = connections.load(ordering: .relaxed)
        #expect(count == 2)
    }

    @Test("gives up a call that the server refuses again and again")
    func refused() async throws {
        let server = try await FrameServer.listening()
        let requests = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            while let id = try await connection.nextRequest() {
                requests.add(1, ordering: .relaxed)
                try await connection.send(.resetStream(id, .refusedStream))
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            let status = GRPCStatus(.unavailable, "the server reset the stream: REFUSED_STREAM")
            #expect(await channel.call([1]) == .failure(status))
            await channel.shutDown()
        }
        let count = requests.load(ordering: .relaxed)
        #expect(count == 3)
    }

    @Test("connects again after a connection that is lost")
    func lost() async throws {
        let server = try await FrameServer.listening()
        let connections = Atomic(0)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            let isFirst = connections.add(1, ordering: .relaxed).newValue == 1
            while let id = try await connection.nextRequest() {
                if isFirst { return }
                try await connection.answer(id, [2])
            }
        } while: {
            let channel = try GRPCChannel.to(server)
            #expect(await channel.call([1]).code == .unavailable)
            #expect(await channel.call([1]) == .success([2]))
            await channel.shutDown()
        }
    }

    @Test("leaves a call whose time is over, and one whose task is cancelled", arguments: [true, false])
    func leaves(isCancelled: Bool) async throws {
        let server = try await FrameServer.listening()
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let isReset = Atomic(false)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            guard let id = try await connection.nextRequest() else { return }
            continuation.yield()
            let frame = try await connection.wait { $0 == .resetStream(id, .cancel) }
            isReset.store(frame != nil, ordering: .relaxed)
            continuation.yield()
            _ = try await connection.next()
        } while: {
            let channel = try GRPCChannel.to(server)
            let timeout = Duration.milliseconds(isCancelled ? 60_000 : 50)
            let call = Task { () throws(GRPCStatus) in
                try await channel.call("/test.Service/Call", [1], timeout: timeout)
            }
            var steps = begun.makeAsyncIterator()
            await steps.next()
            if isCancelled { call.cancel() }
            let expected = isCancelled ? GRPCStatus.Code.cancelled : .deadlineExceeded
            await #expect { try await call.value } throws: { ($0 as? GRPCStatus)?.code == expected }
            await steps.next()
            await channel.shutDown()
        }
        let wasReset = isReset.load(ordering: .relaxed)
        #expect(wasReset)
    }

    @Test("lets open calls end when it shuts down, and takes no more")
    func shutDown() async throws {
        let server = try await FrameServer.listening()
        let (steps, continuation) = AsyncStream.makeStream(of: Void.self)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            guard let first = try await connection.nextRequest() else { return }
            continuation.yield()
            // The client's answer shows that it goes on to read.
            try await connection.send(.ping())
            _ = try await connection.wait { if case .pong = $0 { true } else { false } }
            try await connection.answer(first, [7])
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server)
            async let answer = channel.call([1])
            await steps.first { true }
            await channel.shutDown(grace: .seconds(60))
            let answered = await answer
            #expect(answered == .success([7]))
            #expect(await channel.call([3]) == Self.isShutDown)
        }
    }

    private static let isShutDown: Result<[UInt8], GRPCStatus> = .failure(
        GRPCStatus(.unavailable, "the client is shut down")
    )

    @Test("ends calls that are open after the grace period")
    func shutDownAtOnce() async throws {
        let server = try await FrameServer.listening()
        let (steps, continuation) = AsyncStream.makeStream(of: Void.self)
        try await server.serving { connection in
            var connection = connection
            try await connection.send(.settings())
            _ = try await connection.nextRequest()
            continuation.yield()
            while try await connection.next() != nil {}
        } while: {
            let channel = try GRPCChannel.to(server)
            async let answer = channel.call([1])
            await steps.first { true }
            await channel.shutDown(grace: .zero)
            let answered = await answer
            #expect(answered == Self.isShutDown)
        }
    }
}
