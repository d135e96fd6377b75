import CentrifugoProxyTesting
import Logging
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// What the log tells operators about failing handlers.
@Suite(.timeLimit(.minutes(1))) struct HandlerFailureTests {
    private struct Outage: Error, CustomStringConvertible {
        var description: String { "no database\nlevel=forged" }
    }

    private struct Bug: Error {}

    private actor Failing: RPCHandler, PublishHandler, SubscribeUnidirectionalHandler {
        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            if request.method == "bug" { throw Bug() }
            context.refusalReason = .storageDown
            throw Outage()
        }

        func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
            // Bytes that are not JSON cannot be sent to a JSON client.
            PublishResult(data: .bytes(Array("{".utf8)))
        }

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            guard request.channel != "refused" else { throw Outage() }
            return UnidirectionalSubscription { _ in throw Outage() }
        }
    }

    @Test("logs once for each event, with the calls' subjects, however many fail")
    func throttled() async throws {
        let log = LogRecorder()
        let failing = Failing()
        let client = TestClient(publish: failing, rpc: failing).with { $0.logger = log.logger }
        let rpc = RPCRequest(user: "alice", method: "news\nlist")
        for _ in 0..<5 {
            _ = try? await client.rpc(rpc)
            _ = try? await client.publish(PublishRequest(encoding: "json", user: "bob", channel: "chat"))
        }
        let lines = log.lines().filter { $0.message == "handler failed" }
        #expect(lines.map { $0.metadata["event"] } == ["RPC", "Publish"])
        let first = try #require(lines.first)
        #expect(first.level == .error)
        #expect(first.metadata["method"] == #"news\nlist"# && first.metadata["user"] == "alice")
        #expect(first.metadata["error"] == #"no database\nlevel=forged"# && first.metadata["reason"] == "storage-down")
        let second = try #require(lines.last)
        #expect(second.metadata["channel"] == "chat" && second.metadata["user"] == "bob")
        #expect(second.metadata["reason"] == nil)
    }

    @Test(
        "names channel and user of a stream that is refused, and of one that ends while it is served",
        arguments: [
            "refused", "served",
        ]
    )
    func streams(channel: String) async throws {
        let log = LogRecorder()
        let service = ProxyService(subscribeUnidirectional: Failing())
        try await TestServer.run(service, log: log) { server in
            let connection = try await server.connect()
            _ = try await connection.subscribe(channel).end()
        }
        let line = try #require(log.lines().first { $0.message == "handler failed" })
        #expect(line.metadata["channel"] == "\(channel)" && line.metadata["user"] == "")
    }

    @Test("does not hide a failure of another type")
    func types() async throws {
        let log = LogRecorder()
        let client = TestClient(rpc: Failing()).with { $0.logger = log.logger }
        for method in ["a", "bug", "b", "bug"] { _ = try? await client.rpc(method) }
        #expect(log.lines().map { $0.metadata["method"] } == ["a", "bug"])
    }

    @Test("cuts clients' texts to a length suitable for a log")
    func long() {
        let subject = CallSubject(RPCRequest(user: "u", method: String(repeating: "é", count: 5_000)))
        #expect(subject.metadata(of: .rpc)["method"].map { "\($0)".count } == 201)
    }
}
