#if PostgreSQL
import Logging
import ProxyTokens
import Synchronization

/// What the connections of a pool know of their server: whether it can be reached, and whether its tables are up to date.
final class PostgreSQLServerState: Sendable {
    private struct State {
        var failures = 0
        var retryAt: ContinuousClock.Instant?
        var isMigrated = false
    }

    private static let shortestPause = Duration.milliseconds(50)

    let address: PostgreSQLAddress
    private let configuration: PostgreSQLTokenStorage.Configuration
    private let logger: Logger
    private let state = Mutex(State())

    init(_ configuration: PostgreSQLTokenStorage.Configuration, logger: Logger) throws {
        address = try PostgreSQLAddress(configuration.connection)
        self.configuration = configuration
        self.logger = logger
    }

    /// How long a statement is waited for: a moment longer than the server lets it take.
    var patience: Duration { configuration.statementTimeout + .milliseconds(500) }

    /// Makes a connection whose server has the tables.
    ///
    /// - Throws: ``TokenStorageError`` when there is none, or not yet again.
    func connect() throws -> PostgreSQLConnection {
        if let retryAt = state.withLock({ $0.retryAt }), ContinuousClock.now < retryAt {
            throw TokenStorageError(.unavailable, "PostgreSQL at \(address.name) could not be reached a moment ago.")
        }
        do {
            let connection = try PostgreSQLConnection(to: address, timeout: configuration.connectTimeout)
            let milliseconds = max(1, Int64(configuration.statementTimeout / .milliseconds(1)))
            _ = try connection.run(script: "SET statement_timeout = \(milliseconds)", timeout: patience)
            if !state.withLock({ $0.isMigrated }) { try PostgreSQLSchema.migrate(connection, timeout: patience) }
            succeeded()
            return connection
        } catch let failure as PostgreSQLFailure {
            throw failed(failure)
        }
    }

    /// What a failed query is for those who asked.
    func sentence(for failure: PostgreSQLFailure) -> TokenStorageError {
        TokenStorageError(.unavailable, "PostgreSQL at \(address.name) does not serve tokens: \(failure.message).")
    }

    private func succeeded() {
        let wasDown = state.withLock { state in
            defer { state = State(isMigrated: true) }
            return state.failures > 0
        }
        if wasDown { logger.notice("PostgreSQL serves tokens again", metadata: ["server": "\(address.name)"]) }
    }

    /// Sets the next attempt: twice as far away each time, and not at the same moment in every replica.
    private func failed(_ failure: PostgreSQLFailure) -> TokenStorageError {
        let error = sentence(for: failure)
        let isNew = state.withLock { state in
            let pause = min(Self.shortestPause * (1 << min(state.failures, 16)), configuration.longestPause)
            state.retryAt = .now + pause * Double.random(in: 0.5...1)
            state.failures += 1
            return state.failures == 1
        }
        if isNew { logger.error("\(error)") }
        return error
    }
}
#endif
