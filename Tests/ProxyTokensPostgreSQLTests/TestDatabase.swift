#if PostgreSQL
import Foundation
import Logging
import ProxyTokensPostgreSQL
import LogTestKit
import TokenTestKit

/// The tests' own PostgreSQL server; it ends with the test process, however that ends.
actor TestDatabase {
    /// One for all tests that leave it running.
    static let shared = Task { try await TestDatabase() }

    private let process: ForeignProcess
    private let folder: String
    private var last: Task<String, any Error>?

    init() async throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        process = try ForeignProcess([tests.appendingPathComponent("PostgreSQL/serve").path])
        process.send("start")
        folder = try await process.nextLine()
    }

    /// Sends a command to the server's script and returns its answer; one after the other.
    @discardableResult
    func tell(_ command: String) async throws -> String {
        // An actor serves the next caller while this one waits, but the answers must stay in order.
        let (process, previous) = (process, last)
        let answer = Task {
            _ = await previous?.result
            process.send(command)
            return try await process.nextLine()
        }
        last = answer
        return try await answer.value
    }

    /// How to reach the server, with tables of one's own in a schema that this makes.
    func configuration(schema: String? = nil) async throws -> PostgreSQLTokenStorage.Configuration {
        let schema = schema ?? "s" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await tell("sql CREATE SCHEMA IF NOT EXISTS \(schema)")
        return PostgreSQLTokenStorage.Configuration(
            "host=\(folder) dbname=tokens user=proxy password=hunter2 options=-csearch_path=\(schema)"
        )
    }

    /// A storage with tables of its own.
    func storage(
        clock: SettableClock = SettableClock(),
        log: LogLines = LogLines()
    ) async throws -> PostgreSQLTokenStorage {
        try PostgreSQLTokenStorage(try await configuration(), clock: clock.unix, logger: log.logger)
    }
}
#endif
