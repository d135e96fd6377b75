import CentrifugoProxy
import GRPCCall
import GRPCClient
import HTTP2Transport
import Logging
import ProxyMessages
import ServiceLifecycle
import Synchronization
import Testing

@testable import EventCaller

/// Calls of a server in this process.
@Suite struct ClientCallTests {
    private actor Handlers: RPCHandler, SubscribeUnidirectionalHandler {
        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            if request.method == "size" { return RPCResult(data: .text(String(repeating: "x", count: 1 << 20))) }
            throw GRPCStatus(.notFound, "no \(request.method) ✓")
        }

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            UnidirectionalSubscription { writer in
                for number in 0..<3 { try await writer.write(Publication(data: try .json(number))) }
                return .finished
            }
        }
    }

    /// Runs a call against a server of its own.
    private static func call(
        _ event: ProxyEvent,
        _ message: [UInt8],
        take: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) async throws -> CallOutcome {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let handlers = Handlers()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = ProxyServer(
            ProxyService(rpc: handlers, subscribeUnidirectional: handlers),
            configuration: .init(port: 0, eventLoops: 1),
            logger: logger,
            onListening: { addresses in
                for port in addresses.compactMap(\.port) { continuation.yield(port) }
            }
        )
        let group = ServiceGroup(services: [server], logger: logger)
        async let running: Void = group.run()
        let port = await ports.first { _ in true }
        let outcome: Result<CallOutcome, any Error>
        do {
            let call = try await ClientCall.open(
                event,
                at: ClientTarget(.tcp(host: "127.0.0.1", port: try #require(port))),
                message: message,
                timeout: 60
            )
            outcome = .success(try await call.run { take($0) })
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running
        return try outcome.get()
    }

    @Test("takes an answer of many frames and windows")
    func large() async throws {
        let sizes = Mutex<[Int]>([])
        let outcome = try await Self.call(.rpc, RPCRequest(encoding: "json", method: "size").wireBytes()) { message in
            sizes.withLock { $0.append(message.count) }
            return true
        }
        #expect(outcome == CallOutcome(.ok))
        #expect(sizes.withLock { $0 }.count == 1)
        #expect(sizes.withLock { $0.first ?? 0 } > 1 << 20)
    }

    @Test("returns the server's status")
    func status() async throws {
        let outcome = try await Self.call(.rpc, RPCRequest(method: "x").wireBytes())
        #expect(outcome == CallOutcome(GRPCStatus(.notFound, "no x ✓")))
        #expect(outcome.description == "NOT_FOUND (5): no x ✓")
    }

    /// Hostile input: message-too-large.
    @Test("sends as much as the server accepts, and reports an excess", arguments: [0, 1])
    func tooLarge(above: Int) async throws {
        func request(_ count: Int) -> [UInt8] {
            RPCRequest(method: "x", data: Array(repeating: 0x31, count: count)).wireBytes()
        }
        let size = 4 << 20
        let message = request(2 * size - request(size).count + above)
        #expect(message.count == size + above)
        let outcome = try await Self.call(.rpc, message)
        #expect(outcome.status.code == (above == 0 ? .notFound : .resourceExhausted))
    }

    @Test("leaves a stream after the wanted message, and reads no more")
    func satisfied() async throws {
        let count = Mutex(0)
        let outcome = try await Self.call(.subscribeUnidirectional, SubscribeRequest(channel: "a").wireBytes()) { _ in
            count.withLock {
                $0 += 1
                return $0 < 2
            }
        }
        #expect(outcome.leave == .satisfied || outcome.status == .ok)
        #expect(count.withLock { $0 } == 2)
    }
}
