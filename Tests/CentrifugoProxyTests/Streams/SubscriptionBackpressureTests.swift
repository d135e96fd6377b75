import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Writers with slow readers.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionBackpressureTests {
    private static func configuration(_ executor: ProxyServer.Executor, buffer: Int) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamBufferSize = buffer
        return configuration
    }

    /// A stream whose handler writes `count` numbers, 100 bytes each, and reports each.
    private static func numbers(_ count: Int, _ steps: Events<Step>) -> UnidirectionalSubscription {
        UnidirectionalSubscription { writer in
            for number in 0..<count {
                try await writer.write(Self.publication(number))
                steps.tell(.wrote(number))
            }
            steps.tell(.ended())
            return .finished
        }
    }

    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return digits + String(repeating: " ", count: 100 - digits.count)
    }

    private static func publication(_ number: Int) -> Publication {
        Publication(data: .bytes(Array(text(number).utf8)))
    }

    private static var messageSize: Int {
        lengthPrefixed(StreamSubscribeResponse(publication: publication(0)).wireBytes()).count
    }

    /// The size of the first message of `numbers`: it waits for the window as well.
    private static var replySize: Int {
        let reply = SubscribeResponse(result: SubscribeResult())
        return lengthPrefixed(StreamSubscribeResponse(subscribeResponse: reply).wireBytes()).count
    }

    /// Hostile input: zero-window.
    @Test("suspends the writer above the buffer's size, and resumes it", arguments: ProxyServer.Executor.all)
    func suspends(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let size = 1_000
        try await TestServer.run(
            unidirectional: { request in
                guard request.channel == "slow" else { return UnidirectionalSubscription { _ in .finished } }
                return Self.numbers(100, steps)
            },
            configuration: Self.configuration(executor, buffer: size)
        ) { server, _ async throws in
            let connection = try await server.connect(window: 0)
            let stream = connection.subscribe("slow")
            // The write after the one that exceeds the limit is the one that waits.
            let written = (size - Self.replySize) / Self.messageSize + 1
            for number in 0..<written { #expect(await steps.next() == .wrote(number)) }

            // Other streams of the connection are served meanwhile.
            let other = connection.start(.rpc, RPCRequest(method: "echo", data: [0x31]))
            connection.send(.windowUpdate(other, 1_000))
            let response: RPCResponse = try await connection.answer(to: other).message()
            #expect(response.result?.data.bytes == [0x31])
            let quick = connection.subscribe("quick")
            connection.send(.windowUpdate(quick.id, 1_000))
            #expect(try await quick.end() == "0")
            #expect(connection.receivedBytes(on: stream.id) == 0)

            // Less than half of the buffer is free: the writer still waits, and a mark would come before its next step.
            connection.send(.windowUpdate(stream.id, 200))
            try await connection.roundTrip()
            while connection.receivedBytes(on: stream.id) < 200 { try await connection.roundTrip() }
            steps.tell(.began("mark"))
            #expect(await steps.next() == .began("mark"))

            connection.send(.windowUpdate(stream.id, 1_000_000))
            for number in written..<100 { #expect(await steps.next() == .wrote(number)) }
            #expect(await steps.next() == .ended())
            _ = try await stream.reply()
            #expect(try await stream.texts() == (0..<100).map(Self.text))
            #expect(stream.status == "0")
        }
    }

    /// Hostile input: zero-window, one-byte-windows.
    @Test("never sends a byte beyond the window", arguments: ProxyServer.Executor.all, [UInt32(0), 1, 137, 5_000])
    func window(executor: ProxyServer.Executor, window: UInt32) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { _ in Self.numbers(60, steps) },
            configuration: Self.configuration(executor, buffer: 2_000)
        ) { server, _ async throws in
            let connection = try await server.connect(window: window)
            let stream = connection.subscribe()
            var allowed = Int(window)
            for increment in [1, 1, 99, 500, 3, 250] {
                connection.send(.windowUpdate(stream.id, UInt32(increment)))
                allowed += increment
                // Enough is buffered or written to fill it, and no more may arrive.
                let whole = Self.replySize + 60 * Self.messageSize
                while connection.receivedBytes(on: stream.id) < min(allowed, whole) {
                    try await connection.roundTrip()
                    #expect(connection.receivedBytes(on: stream.id) <= allowed)
                }
                try await connection.roundTrip()
                #expect(connection.receivedBytes(on: stream.id) == min(allowed, whole))
            }
            connection.send(.windowUpdate(stream.id, 1_000_000))
            _ = try await stream.reply()
            #expect(try await stream.texts() == (0..<60).map(Self.text))
        }
    }

    @Test("resumes writers on many streams, each by its own window", arguments: ProxyServer.Executor.all)
    func many(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { _ in Self.numbers(30, steps) },
            configuration: Self.configuration(executor, buffer: 500)
        ) { server, _ async throws in
            let connection = try await server.connect(window: 0)
            let streams = (0..<20).map { _ in connection.subscribe() }
            for stream in streams.reversed() {
                connection.send(.windowUpdate(stream.id, 10_000))
                _ = try await stream.reply()
                #expect(try await stream.texts() == (0..<30).map(Self.text))
                #expect(stream.status == "0")
            }
        }
    }

    @Test("keeps each task's order when several write at once", arguments: ProxyServer.Executor.all)
    func concurrent(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for task in 0..<4 {
                            group.addTask {
                                for number in 0..<250 {
                                    try await writer.write(Publication(data: .bytes(Array("\(task).\(number)".utf8))))
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    return .finished
                }
            },
            configuration: Self.configuration(executor, buffer: 300)
        ) { server, _ async throws in
            let connection = try await server.connect(window: 10_000)
            let stream = connection.subscribe(encoding: "binary")
            _ = try await stream.reply()
            var seen = [Int](repeating: 0, count: 4)
            var unread = 0
            while let text = try await stream.text() {
                let parts = text.split(separator: ".").compactMap { Int($0) }
                #expect(parts[1] == seen[parts[0]])
                seen[parts[0]] += 1
                unread += 1
                if unread == 100 {
                    connection.send(.windowUpdate(stream.id, 5_000))
                    unread = 0
                }
            }
            #expect(seen == [250, 250, 250, 250] && stream.status == "0")
        }
    }

    @Test("sends 20,000 publications in their order", arguments: ProxyServer.Executor.all)
    func order(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    for number in 0..<20_000 {
                        try await writer.write(Publication(data: .bytes(Array(String(number).utf8))))
                    }
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let id = connection.subscribe().id
            let body = try await connection.answer(to: id).body[...]
            var numbers: [String] = []
            var rest = body
            while rest.count >= 5 {
                let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
                let message = try StreamSubscribeResponse(wireBytes: Array(rest.dropFirst(5).prefix(length)))
                if let publication = message.publication { numbers.append(publication.data.text ?? "") }
                rest = rest.dropFirst(5 + length)
            }
            #expect(numbers == (0..<20_000).map(String.init))
        }
    }
}
