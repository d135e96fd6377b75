#if PostgreSQL
import Logging
import ProxyTokens
import ProxyTokensPostgreSQL
import Testing
import LogTestKit
import TokenTestKit

/// Servers that cannot be used.
@Suite(.timeLimit(.minutes(1))) struct PostgreSQLServerStateTests {
    private let log = LogLines()

    private func failure(of storage: PostgreSQLTokenStorage) async -> TokenStorageError? {
        await #expect(throws: TokenStorageError.self) { try await storage.token(TokenSecret("a")) }
    }

    @Test("says which server cannot be reached, once in the log, and never the password")
    func unreachable() async throws {
        var configuration = PostgreSQLTokenStorage.Configuration(
            "host=/nowhere dbname=tokens user=proxy password=hunter2"
        )
        configuration.longestPause = .zero
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        for _ in 0..<5 {
            let error = await failure(of: storage)
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("host=/nowhere") == true)
            #expect(error?.message.contains("\n") == false)
            #expect(error?.message.contains("hunter2") == false)
        }
        #expect(log.all().count == 1)
        #expect(log.all().allSatisfy { !$0.contains("hunter2") })
    }

    @Test("fails at once while it pauses between attempts")
    func pause() async throws {
        var configuration = PostgreSQLTokenStorage.Configuration("host=/nowhere")
        configuration.longestPause = .seconds(3_600)
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        var messages: Set<String> = []
        while messages.count < 2 { messages.insert(await failure(of: storage)?.message ?? "") }
        #expect(messages.contains("PostgreSQL at host=/nowhere could not be reached a moment ago."))
    }

    @Test("does not show a wrong password")
    func wrongPassword() async throws {
        let right = try await TestDatabase.shared.value.configuration()
        let wrong = right.connection.replacing("hunter2", with: "open-sesame")
        let storage = try PostgreSQLTokenStorage(.init(wrong), logger: log.logger)
        let error = await failure(of: storage)
        #expect(error?.message.contains("password authentication failed") == true)
        let shown = "\(log.all()) \(error?.message ?? "")"
        #expect(!shown.contains("sesame"))
    }

    @Test(
        "refuses a malformed connection string, without showing it",
        arguments: [
            "hunter2", "host", "host=a password='hunter2", "hunter2=1", "host=a\0b",
        ]
    )
    func badString(text: String) {
        let error = #expect(throws: TokenStorageError.self) {
            try PostgreSQLTokenStorage(.init(text), logger: log.logger)
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test("shows nothing of its connection string")
    func redacted() {
        let configuration = PostgreSQLTokenStorage.Configuration("host=a password=hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
    }

    @Test("needs a connection")
    func noConnections() {
        var configuration = PostgreSQLTokenStorage.Configuration("")
        configuration.connections = 0
        #expect(throws: TokenStorageError.self) { try PostgreSQLTokenStorage(configuration, logger: log.logger) }
    }

    @Test("does not touch the tables of a newer version")
    func newer() async throws {
        let database = try await TestDatabase.shared.value
        let configuration = try await database.configuration(schema: "newer")
        try await database.tell("sql CREATE TABLE newer.centrifugo_proxy_token_schema AS SELECT 99 AS version")
        let storage = try PostgreSQLTokenStorage(configuration, logger: log.logger)
        #expect(await failure(of: storage)?.message.contains("newer version") == true)
    }

    @Test("works without the right to make tables, once they exist")
    func fewRights() async throws {
        let database = try await TestDatabase.shared.value
        let owner = try await database.configuration(schema: "rights")
        let issued = try await PostgreSQLTokenStorage(owner, logger: log.logger).create(user: "alice", expiresIn: nil)
        for sql in [
            "CREATE ROLE reader LOGIN PASSWORD 'hunter2'", "GRANT USAGE ON SCHEMA rights TO reader",
            "GRANT SELECT ON ALL TABLES IN SCHEMA rights TO reader",
        ] { try await database.tell("sql \(sql)") }
        let reader = PostgreSQLTokenStorage.Configuration(owner.connection.replacing("user=proxy", with: "user=reader"))
        let storage = try PostgreSQLTokenStorage(reader, logger: log.logger)
        #expect(try await storage.token(issued.secret) == issued.token)
        let error = await #expect(throws: TokenStorageError.self) { try await storage.delete(issued.secret) }
        #expect(error?.message.contains("permission denied") == true)
        // A refusal must neither cause a reconnect nor a log line.
        #expect(try await storage.token(issued.secret) == issued.token)
        #expect(log.all().isEmpty)
    }
}
#endif
