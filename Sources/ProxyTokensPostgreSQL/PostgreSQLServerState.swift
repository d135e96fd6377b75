#if PostgreSQL
import Logging
import CentrifugoProxy
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

    /// Opens a connection, and blocks for as long as that takes.
    typealias Opening = @Sendable (PostgreSQLAddress, Duration) throws -> PostgreSQLConnection

    let address: PostgreSQLAddress
    private let open: Opening
    private let configuration: PostgreSQLTokenStorage.Configuration
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ configuration: PostgreSQLTokenStorage.Configuration,
        logger: Logger,
        open: @escaping Opening = { try PostgreSQLConnection(to: $0, timeout: $1) }
    ) throws {
        address = try PostgreSQLAddress(configuration.connection)
        self.open = open
        self.configuration = configuration
        self.logger = logger.printable
    }

    /// How long a statement is waited for: a moment longer than the server lets it take.
    var patience: Duration { configuration.statementTimeout + .milliseconds(500) }

    /// Why queries fail at once during the pause between attempts to connect.
    var unreachable: TokenStorageError {
        TokenStorageError(.unavailable, "PostgreSQL at \(address.name) could not be reached a moment ago.")
    }

    /// Makes a connection whose server has the tables.
    ///
    /// - Parameter watch: Called with what opens the connection, for which there is no limit in time.
    /// - Returns: The connection.
    /// - Throws: ``TokenStorageError`` when there is none, or not yet again.
    func connect(
        _ watch: (() throws -> PostgreSQLConnection) throws -> PostgreSQLConnection
    ) throws -> PostgreSQLConnection {
        if let retryAt = state.withLock({ $0.retryAt }), ContinuousClock.now < retryAt { throw unreachable }
        do {
            let connection = try watch { try open(address, configuration.connectTimeout) }
            let milliseconds = max(1, Int64(configuration.statementTimeout / .milliseconds(1)))
            _ = try connection.run(script: "SET statement_timeout = \(milliseconds)", timeout: patience)
            if !state.withLock({ $0.isMigrated }) { try PostgreSQLSchema.migrate(connection, timeout: patience) }
            succeeded()
            return connection
        } catch let failure as PostgreSQLError {
            throw failed(failure)
        }
    }

    /// Notes that opening a connection takes longer than it may, and says so.
    func isLate() -> TokenStorageError {
        failed(
            PostgreSQLError(
                kind: .timedOut,
                message:
                    "connecting takes longer than \(configuration.connectTimeout); check that its name"
                    + " can be looked up and that it answers"
            )
        )
    }

    /// What a failed query is for those who asked.
    func sentence(for failure: PostgreSQLError) -> TokenStorageError {
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
    private func failed(_ failure: PostgreSQLError) -> TokenStorageError {
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
