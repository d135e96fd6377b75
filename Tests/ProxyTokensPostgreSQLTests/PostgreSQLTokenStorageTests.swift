#if PostgreSQL
import Logging
import ProxyTokens
import ProxyTokensPostgreSQL
import Testing
import LogTestKit
import TokenTestKit

/// A storage on a running server.
@Suite(.timeLimit(.minutes(2))) struct PostgreSQLTokenStorageTests {
    private let clock = SettableClock()
    private let log = LogLines()

    @Test("behaves as every storage does", arguments: TokenStorageBehaviour.all)
    func behaviour(_ behaviour: TokenStorageBehaviour) async throws {
        try await behaviour.check(TestDatabase.shared.value.storage(clock: clock, log: log), clock)
        #expect(log.all().isEmpty)
    }

    @Test("is one storage for all replicas, also when they begin at the same time")
    func replicas() async throws {
        let configuration = try await TestDatabase.shared.value.configuration()
        let storages = try (0..<8).map { _ in
            try PostgreSQLTokenStorage(configuration, clock: clock.unix, logger: log.logger)
        }
        let issued = try await withThrowingTaskGroup(of: IssuedToken.self) { group in
            for (number, storage) in storages.enumerated() {
                group.addTask { try await storage.create(user: "user-\(number)", expiresIn: nil) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for storage in storages {
            for token in issued { #expect(try await storage.token(token.secret) == token.token) }
        }
        try await storages[0].delete(issued[0].secret)
        #expect(try await storages[1].token(issued[0].secret) == nil)
        #expect(log.all().isEmpty)
    }

    @Test("keeps no clear text")
    func noClearText() async throws {
        let database = try await TestDatabase.shared.value
        let configuration = try await database.configuration(schema: "clear")
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        let row = try await database.tell("sql SELECT t::text FROM clear.centrifugo_proxy_token t")
        #expect(row.contains("alice"))
        #expect(!row.contains(issued.secret.text))
    }

    @Test("goes on with a new connection when its idle ones were ended")
    func idleEnded() async throws {
        let database = try await TestDatabase()
        let storage = try await database.storage(clock: clock, log: log)
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        for _ in 0..<3 {
            try await database.tell(
                "sql SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                    + " AND pid <> pg_backend_pid()"
            )
            for _ in 0..<10 { #expect(try await storage.token(issued.secret) == issued.token) }
        }
        #expect(log.all().isEmpty)
    }

    @Test("loses no stored token when the server is killed under load, and recovers by itself")
    func killed() async throws {
        let database = try await TestDatabase()
        var configuration = try await database.configuration()
        configuration.longestPause = .milliseconds(100)
        let storage = try PostgreSQLTokenStorage(configuration, clock: clock.unix, logger: log.logger)
        let kept = Tally()
        let killed = Gate()
        let restarted = Gate()
        let issued = try await withThrowingTaskGroup(of: [IssuedToken].self) { group in
            for number in 0..<8 {
                group.addTask {
                    var issued: [IssuedToken] = []
                    var afterwards = 0
                    var hasFailed = false
                    while afterwards < 20 {
                        try Task.checkCancellation()
                        do {
                            issued.append(try await storage.create(user: "user-\(number)", expiresIn: nil))
                            await kept.add()
                            if hasFailed { afterwards += 1 }
                        } catch let error as TokenStorageError {
                            guard await killed.isOpen else {
                                await kept.add(200)
                                throw error
                            }
                            #expect(error.code == .unavailable)
                            hasFailed = true
                            await restarted.wait()
                        }
                    }
                    return issued
                }
            }
            await kept.reach(200)
            await killed.open()
            try await database.tell("kill")
            try await database.tell("start")
            await restarted.open()
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // There may be more: some were stored, but the answer was lost.
        let there = try await Set(storage.list(of: nil))
        #expect(issued.count >= 360)
        #expect(issued.allSatisfy { there.contains($0.token) })
        for token in issued { #expect(try await storage.token(token.secret) == token.token) }
        #expect(log.all(from: .error).count >= 1)
        #expect(log.all().last?.contains("again") == true)
        #expect(log.all().allSatisfy { !$0.contains("hunter2") })
    }

    @Test("fails in time when the server does not answer, and goes on when it does")
    func frozen() async throws {
        let database = try await TestDatabase()
        var configuration = try await database.configuration()
        configuration.connections = 1
        configuration.statementTimeout = .milliseconds(300)
        let storage = try PostgreSQLTokenStorage(configuration, clock: clock.unix, logger: log.logger)
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        try await database.tell("freeze")
        let error = await #expect(throws: TokenStorageError.self) { try await storage.token(issued.secret) }
        #expect(error?.code == .unavailable)
        #expect(try await storage.token(issued.secret) == issued.token)
        try await database.tell("thaw")
    }

    @Test("bounds how long and how many queries wait for a connection, and lets a waiting one be cancelled")
    func waiting() async throws {
        let database = try await TestDatabase()
        var configuration = try await database.configuration()
        configuration.connections = 1
        configuration.statementTimeout = .seconds(30)
        configuration.waitTimeout = .milliseconds(200)
        configuration.waitingLimit = 2
        let storage = try PostgreSQLTokenStorage(configuration, clock: clock.unix, logger: log.logger)
        _ = try await storage.create(user: "alice", expiresIn: nil)
        try await database.tell("freeze")
        // One has the only connection, one or two wait, and the others are refused.
        let results = await withTaskGroup(of: String.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do {
                        return "found \(try await storage.list(of: nil).count)"
                    } catch {
                        return "\(error)"
                    }
                }
            }
            var results: [String] = []
            for await result in group {
                results.append(result)
                if results.count == 5 { _ = try? await database.tell("thaw") }
            }
            return results.sorted()
        }
        let busy = results.filter { $0 == "All connections to PostgreSQL are busy." }.count
        let refused = results.filter { $0 == "Too many queries already wait for PostgreSQL." }.count
        #expect(1...2 ~= busy)
        #expect(busy + refused == 5)
        #expect(results.last == "found 1")
        let waiting = Task { try await storage.list(of: nil).count }
        waiting.cancel()
        // It was cancelled in the queue, or had been served before.
        do {
            #expect(try await waiting.value == 1)
        } catch {
            #expect(error is CancellationError)
        }
    }
}
#endif
