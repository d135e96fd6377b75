import CentrifugoProxy
import Testing

/// The documentation's example of a handler that reports its own health.
@Suite(.timeLimit(.minutes(1))) struct ApplicationHealthTests {
    private struct Unreachable: Error {}

    /// Answers from a database, and says when that does not answer.
    private actor Answers: RPCHandler {
        private let health: ServerHealth
        private let query: @Sendable (String) async throws -> String

        init(health: ServerHealth, query: @escaping @Sendable (String) async throws -> String) {
            self.health = health
            self.query = query
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            do {
                let answer = try await query(request.method)
                health.set(.serving, for: .rpc)
                return RPCResult(data: .text(answer))
            } catch {
                health.set(.notServing, for: .rpc)
                throw GRPCStatus(.unavailable, "the database does not answer")
            }
        }
    }

    @Test("follows the status that a handler sets", arguments: ProxyServer.Executor.all)
    func handler(executor: ProxyServer.Executor) async throws {
        let health = ServerHealth()
        let answers = Answers(health: health) { question in
            guard question == "up" else { throw Unreachable() }
            return #""yes""#
        }
        let service = ProxyService(rpc: answers)
        try await TestServer.run(service, configuration: .test(executor), health: health) { server in
            let connection = try await server.connect()
            let watch = connection.watch("centrifugal.centrifugo.proxy.CentrifugoProxy/RPC")
            try await #expect(watch.status() == .serving)
            for (method, status) in [("down", HealthCheckResponse.ServingStatus.notServing), ("up", .serving)] {
                let id = connection.start(.rpc, RPCRequest(method: method))
                _ = try await connection.answer(to: id)
                try await #expect(watch.status() == status)
            }
            try await #expect(connection.status() == .serving)
        }
    }
}
