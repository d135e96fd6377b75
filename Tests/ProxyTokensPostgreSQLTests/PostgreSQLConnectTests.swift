#if PostgreSQL
import Dispatch
import Foundation
import Logging
import ProxyTokens
import Synchronization
import Testing
import LogTestKit
import TokenTestKit

@testable import ProxyTokensPostgreSQL

/// Servers that take long to connect to: libpq looks up names while it blocks, for as long as the resolver takes.
///
/// Hostile input: resolver-hangs.
@Suite(.timeLimit(.minutes(1))) struct PostgreSQLConnectTests {
    private let log = LogLines()

    /// Opens connections like libpq, after a lookup that takes until the test gives the answer.
    private final class Resolver: Sendable {
        private let answer = DispatchSemaphore(value: 0)
        private let began: AsyncStream<Void>
        private let beginning: AsyncStream<Void>.Continuation

        init() {
            (began, beginning) = AsyncStream.makeStream()
        }

        func open(_ address: PostgreSQLAddress, _ timeout: Duration) throws -> PostgreSQLConnection {
            beginning.yield()
            answer.wait()
            return try PostgreSQLConnection(to: address, timeout: timeout)
        }

        /// Waits for another lookup to begin.
        func hasBegun() async {
            _ = await began.first { _ in true }
        }

        /// Ends lookups, including later ones.
        func answerAll() {
            for _ in 0..<1_000 { answer.signal() }
        }
    }

    private func storage(
        _ configuration: PostgreSQLTokenStorage.Configuration,
        _ resolver: Resolver
    ) throws -> PostgreSQLTokenStorage {
        let server = try PostgreSQLServerState(configuration, logger: log.logger, open: resolver.open)
        return try PostgreSQLTokenStorage(configuration, server: server)
    }

    private func failure(of storage: PostgreSQLTokenStorage) async -> TokenStorageError? {
        await #expect(throws: TokenStorageError.self) { try await storage.token(TokenSecret("a")) }
    }

    @Test("fails in time while the server's name is looked up, at once without a free connection, and goes on later")
    func neverResolved() async throws {
        var configuration = try await TestDatabase.shared.value.configuration()
        configuration.connections = 2
        configuration.connectTimeout = .milliseconds(200)
        configuration.waitTimeout = .seconds(3_600)
        configuration.longestPause = .zero
        let resolver = Resolver()
        let storage = try storage(configuration, resolver)
        for _ in 0..<2 {
            let start = ContinuousClock.now
            let error = await failure(of: storage)
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("connecting takes longer than 0.2 seconds") == true)
            #expect(start.duration(to: .now) >= .milliseconds(200))
        }
        // Both threads are blocked, and no query waits for an hour for one.
        for _ in 0..<3 {
            #expect(await failure(of: storage)?.message.contains("could not be reached a moment ago") == true)
        }
        #expect(log.all().count == 1)
        #expect(log.all().first?.contains("check that its name can be looked up") == true)
        #expect(log.all().allSatisfy { !$0.contains("hunter2") })
        resolver.answerAll()
        var issued: IssuedToken?
        while issued == nil { issued = try? await storage.create(user: "alice", expiresIn: nil) }
        #expect(try await storage.token(#require(issued).secret) == issued?.token)
        #expect(log.all().last?.contains("again") == true)
    }

    @Test("lets a query be cancelled while its connection is opened")
    func cancelled() async throws {
        var configuration = PostgreSQLTokenStorage.Configuration("host=/nowhere")
        configuration.connectTimeout = .seconds(3_600)
        let resolver = Resolver()
        let storage = try storage(configuration, resolver)
        let query = Task { try await storage.list(of: nil) }
        await resolver.hasBegun()
        query.cancel()
        await #expect(throws: CancellationError.self) { try await query.value }
        resolver.answerAll()
    }

    @Test("does not send an abandoned query when its connection comes late")
    func late() async throws {
        var configuration = try await TestDatabase.shared.value.configuration()
        configuration.connections = 1
        configuration.connectTimeout = .milliseconds(200)
        configuration.longestPause = .zero
        let resolver = Resolver()
        let storage = try storage(configuration, resolver)
        await #expect(throws: TokenStorageError.self) { try await storage.create(user: "alice", expiresIn: nil) }
        resolver.answerAll()
        var found: [Token]?
        while found == nil { found = try? await storage.list(of: nil) }
        #expect(found == [])
    }

    @Test("fails in time, with the real resolver, when a server accepts and sends nothing")
    func silentServer() async throws {
        let server = try SilentServer()
        defer { server.close() }
        // Usually a name with two addresses, one of which refuses.
        var configuration = PostgreSQLTokenStorage.Configuration("host=localhost port=\(server.port) user=proxy")
        configuration.connectTimeout = .milliseconds(200)
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        let error = await failure(of: storage)
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("in time") == true || error?.message.contains("takes longer") == true)
    }

    @Test("reaches the second of two servers when the first is missing")
    func list() async throws {
        var configuration = try await TestDatabase.shared.value.configuration()
        configuration.connection = configuration.connection.replacing("host=", with: "host=/nowhere,")
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        #expect(try await storage.token(issued.secret) == issued.token)
        #expect(log.all().isEmpty)
    }

    @Test(
        "shows a message without the password, whatever surrounds it",
        arguments: [("\u{301}secret", "a\u{301}secret."), ("two  spaces", "no two  spaces!"), ("x", "x y x")]
    )
    func cleaned(password: String, message: String) throws {
        let address = try PostgreSQLAddress("host=a password='\(password)'")
        let shown = address.cleaned(message)
        #expect(!shown.utf8.isEmpty)
        #expect(Array(shown.utf8).firstRange(of: Array(password.utf8)) == nil)
        #expect(!shown.contains("secret") && !shown.contains("two spaces"))
        #expect(shown.contains("…"))
    }
}

/// A TCP server that has its connections wait for ever.
private struct SilentServer {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() {
        Foundation.close(descriptor)
    }
}
#endif
