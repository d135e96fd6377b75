#if PostgreSQL
import Logging
import CentrifugoProxy
import ProxyTokens
import Synchronization

/// What a pool's connections know of their server: whether it is reachable, and whether its tables are current.
final class PostgreSQLServerState: Sendable {
    private struct State {
        var failures = 0
        var retryAt: ContinuousClock.Instant?
        var isMigrated = false
    }

    private static let shortestPause = Duration.milliseconds(50)

    /// Opens a connection, blocking for as long as that takes.
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

    /// How long to wait for a statement: a moment longer than the server allows it to take.
    var patience: Duration { configuration.statementTimeout + .milliseconds(500) }

    /// The error of queries that fail at once during the pause between attempts to connect.
    var unreachable: TokenStorageError {
        TokenStorageError(.unavailable, "PostgreSQL at \(address.name) could not be reached a moment ago.")
    }

    /// Opens a connection to a server whose tables are current.
    ///
    /// - Parameter watch: Called with the closure that opens the connection, which has no time limit.
    /// - Returns: The connection.
    /// - Throws: ``TokenStorageError`` when connecting fails, or the pause between attempts is not over.
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

    /// Records that opening a connection takes longer than its limit, and returns the error.
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

    /// The error of a failed query for its callers.
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

    /// Schedules the next attempt: after twice the pause each time, and at different moments in each replica.
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
