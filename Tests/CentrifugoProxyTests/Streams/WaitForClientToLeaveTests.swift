import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Handlers that have nothing to do until the client leaves.
@Suite(.serialized, .timeLimit(.minutes(1))) struct WaitForClientToLeaveTests {
    /// Runs a stream whose task waits, and a task that the stream does not cancel.
    private static func run(
        _ executor: ProxyServer.Executor = .eventLoop,
        _ body: @escaping (TestServer, RawConnection, PeerStream, Events<Step>) async throws -> Void
    ) async throws {
        let steps = Events<Step>()
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription { writer in
                steps.tell(.began())
                let other = Task { await writer.waitForClientToLeave() }
                await writer.waitForClientToLeave()
                await other.value
                // At once: the stream is over.
                await writer.waitForClientToLeave()
                steps.tell(.ended())
                return .interrupted
            }
        }
        try await TestServer.run(unidirectional: subscribe, configuration: .test(executor)) { server, connection in
            let stream = connection.subscribe("news")
            _ = try await stream.reply()
            #expect(await steps.next() == .began())
            try await body(server, connection, stream, steps)
        }
    }

    @Test("returns when the client leaves", arguments: ProxyServer.Executor.all)
    func leaving(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { _, connection, stream, steps in
            stream.cancel()
            #expect(await steps.next() == .ended())
            try await connection.stillServes()
        }
    }

    @Test("returns when the connection is lost")
    func lost() async throws {
        try await Self.run { _, connection, _, steps in
            await connection.close()
            #expect(await steps.next() == .ended())
        }
    }

    @Test("returns when the task is cancelled, and the stream goes on")
    func cancelled() async throws {
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription { writer in
                let waits = Task { await writer.waitForClientToLeave() }
                waits.cancel()
                await waits.value
                try await writer.write(Publication(data: "1"))
                return .finished
            }
        }
        try await TestServer.run(unidirectional: subscribe) { _, connection async throws in
            let stream = connection.subscribe("news")
            _ = try await stream.reply()
            #expect(try await stream.texts() == [#""1""#])
            #expect(stream.status == "0")
        }
    }
}
