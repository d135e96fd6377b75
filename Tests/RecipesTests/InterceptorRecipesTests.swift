import CentrifugoProxy
import CentrifugoProxyTesting
import Logging
import ProxyMessages
import Synchronization
import Testing

@testable import recipes

/// The interceptors of the documentation's page.
@Suite struct InterceptorRecipesTests {
    /// A clock that goes on only when a test says so.
    private final class StoppedClock: Clock {
        typealias Duration = Swift.Duration
        typealias Instant = ContinuousClock.Instant

        private let time = Mutex(ContinuousClock.now)

        var now: Instant { time.withLock { $0 } }
        var minimumResolution: Duration { .zero }

        func advance(by duration: Duration) {
            time.withLock { $0 += duration }
        }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            throw CancellationError()
        }
    }

    /// Keeps the texts of lines.
    private struct Lines: LogHandler {
        final class Texts: Sendable { let texts = Mutex<[String]>([]) }

        let kept: Texts
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            kept.texts.withLock { $0.append("\(event.message)") }
        }
    }

    private actor Accepting: ConnectHandler, RPCHandler {
        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
            guard let user = context.metadata.first("x-user") else { throw .forbidden }
            return ConnectResult(user: user)
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            guard request.method == "known" else { throw .notFound }
            return RPCResult(data: .empty)
        }
    }

    @Test("logs whose call took how long, also of one that connects")
    func timing() async throws {
        let kept = Lines.Texts()
        let logger = Logger(label: "test") { _ in Lines(kept: kept) }
        let service = ProxyService(interceptors: [Timing(logger: logger)], connect: Accepting(), rpc: Accepting())
        _ = try await TestClient(service, metadata: ["x-user": "alice"]).connect()
        _ = try await TestClient(service).connect()
        _ = try await TestClient(service, user: "bob").rpc("unknown")
        let starts = kept.texts.withLock { $0.map { $0.split(separator: " took ")[0] } }
        #expect(starts == ["Connect of alice", "Connect of ?", "RPC of bob"])
    }

    @Test("counts calls and errors by event")
    func counting() async throws {
        let counts = CallCounts()
        let service = ProxyService(interceptors: [counts], connect: Accepting(), rpc: Accepting())
        for method in ["known", "known", "other"] { _ = try await TestClient(service, user: "alice").rpc(method) }
        _ = try await TestClient(service).connect()
        #expect(
            counts.counts.withLock { $0 } == [.rpc: .init(calls: 3, errors: 1), .connect: .init(calls: 1, errors: 1)]
        )
    }

    /// What one call of a caller gets.
    private static func call(
        _ limit: RateLimit<StoppedClock>,
        _ user: String,
        client: String = "c"
    ) async -> CentrifugoError? {
        do {
            let request = RPCRequest(client: client, user: user)
            _ = try await limit.intercept(request, context: CallContext(event: .rpc)) { _, _ in RPCResult(data: .empty)
            }
            return nil
        } catch {
            return error as? CentrifugoError
        }
    }

    @Test("lets a user make some calls at once, and then one in each interval")
    func bucket() async {
        let clock = StoppedClock()
        let limit = RateLimit(burst: 3, every: .seconds(1), clock: clock)
        for _ in 0..<3 { #expect(await Self.call(limit, "alice") == nil) }
        for _ in 0..<5 { #expect(await Self.call(limit, "alice") == .rateLimited) }
        #expect(await Self.call(limit, "bob") == nil)
        clock.advance(by: .milliseconds(999))
        #expect(await Self.call(limit, "alice") == .rateLimited)
        clock.advance(by: .milliseconds(1))
        #expect(await Self.call(limit, "alice") == nil)
        #expect(await Self.call(limit, "alice") == .rateLimited)
        clock.advance(by: .seconds(3_600))
        for _ in 0..<3 { #expect(await Self.call(limit, "alice") == nil) }
        #expect(await Self.call(limit, "alice") == .rateLimited)
    }

    @Test("tells anonymous users apart by their connections, and from users of the same name")
    func anonymous() async {
        let limit = RateLimit(burst: 1, every: .seconds(1), clock: StoppedClock())
        for (user, client) in [("", "a"), ("", "b"), ("a", "b")] {
            #expect(await Self.call(limit, user, client: client) == nil)
            #expect(await Self.call(limit, user, client: client) == .rateLimited)
        }
    }

    @Test("does not limit an event whose user is unknown")
    func connecting() async throws {
        let limit = RateLimit(burst: 1, every: .seconds(1), clock: StoppedClock())
        for _ in 0..<3 {
            _ = try await limit.intercept(ConnectRequest(), context: CallContext(event: .connect)) { _, _ in
                ConnectResult(user: "alice")
            }
        }
    }

    @Test("keeps no more callers than it may, and makes room when buckets are full")
    func bounded() async {
        let clock = StoppedClock()
        let limit = RateLimit(burst: 2, every: .seconds(1), maxCallers: 2, clock: clock)
        #expect(await Self.call(limit, "a") == nil)
        #expect(await Self.call(limit, "b") == nil)
        #expect(await Self.call(limit, "c") == .rateLimited)
        // Those that are kept go on.
        #expect(await Self.call(limit, "a") == nil)
        clock.advance(by: .seconds(1))
        // The bucket of b is full, but buckets are checked once in the time in which one becomes full.
        #expect(await Self.call(limit, "c") == .rateLimited)
        clock.advance(by: .seconds(1))
        #expect(await Self.call(limit, "c") == nil)
        #expect(await Self.call(limit, "d") == nil)
        #expect(await Self.call(limit, "e") == .rateLimited)
    }
}
