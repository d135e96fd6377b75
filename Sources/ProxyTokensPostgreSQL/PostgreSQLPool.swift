#if PostgreSQL
import Dispatch
import Foundation
import Logging
import ProxyTokens
import Synchronization

/// Runs queries on a number of threads, each with a connection of its own.
///
/// libpq blocks, so it must not have threads that others need, those of event loops or of Swift's tasks. Queries wait in
/// one line; a thread that is free takes the first.
final class PostgreSQLPool: Sendable {
    private struct Query {
        let number: UInt64
        let statement: PostgreSQLStatement
        let parameters: [String?]
        let continuation: CheckedContinuation<PostgreSQLRows, any Error>
        /// Gives up when the query has waited for too long.
        let patience: Task<Void, Never>
    }

    private struct State {
        var line: [Query] = []
        var count: UInt64 = 0
        var isClosed = false
    }

    private let server: PostgreSQLServerState
    private let configuration: PostgreSQLTokenStorage.Configuration
    private let state = Mutex(State())
    /// Counts the queries that were put in line, and the threads that are to end.
    private let arrivals = DispatchSemaphore(value: 0)

    init(_ configuration: PostgreSQLTokenStorage.Configuration, logger: Logger) throws {
        server = try PostgreSQLServerState(configuration, logger: logger)
        self.configuration = configuration
    }

    /// Starts the threads, which end at ``close()``.
    func start() {
        for number in 0..<configuration.connections {
            let thread = Thread { [self] in serve() }
            thread.name = "postgresql-\(number)"
            thread.start()
        }
    }

    /// Ends the threads and their connections, each when its query is done; those in line fail.
    func close() {
        let line = state.withLock { state in
            state.isClosed = true
            defer { state.line = [] }
            return state.line
        }
        for query in line { end(query, with: .failure(Self.closed)) }
        for _ in 0..<configuration.connections { arrivals.signal() }
    }

    /// Runs a statement, perhaps twice when the connection breaks meanwhile.
    ///
    /// - Throws: ``TokenStorageError``; `CancellationError` when the task is cancelled while the query waits.
    func run(_ statement: PostgreSQLStatement, _ parameters: [String?]) async throws -> PostgreSQLRows {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let patience = Task { [self, configuration] in
                    guard (try? await Task.sleep(for: configuration.waitTimeout)) != nil else { return }
                    giveUp(number, because: TokenStorageError(.unavailable, "All connections to PostgreSQL are busy."))
                }
                let query = Query(
                    number: number,
                    statement: statement,
                    parameters: parameters,
                    continuation: continuation,
                    patience: patience
                )
                if let refusal = putInLine(query) { end(query, with: .failure(refusal)) }
                // The handler of a cancellation that came earlier has found nothing in line.
                if Task.isCancelled { giveUp(number, because: CancellationError()) }
            }
        } onCancel: {
            giveUp(number, because: CancellationError())
        }
    }

    private static let closed = TokenStorageError(.unavailable, "The storage is closed.")

    private func putInLine(_ query: Query) -> TokenStorageError? {
        let refusal = state.withLock { state -> TokenStorageError? in
            guard !state.isClosed else { return Self.closed }
            guard state.line.count < configuration.waitingLimit else {
                return TokenStorageError(.unavailable, "Too many queries wait for PostgreSQL already.")
            }
            state.line.append(query)
            return nil
        }
        if refusal == nil { arrivals.signal() }
        return refusal
    }

    /// Fails a query that is still in line; one that a thread has taken goes on.
    private func giveUp(_ number: UInt64, because error: any Error) {
        let query = state.withLock { state in
            state.line.firstIndex { $0.number == number }.map { state.line.remove(at: $0) }
        }
        if let query { end(query, with: .failure(error)) }
    }

    private func end(_ query: Query, with result: Result<PostgreSQLRows, any Error>) {
        query.patience.cancel()
        query.continuation.resume(with: result)
    }

    // MARK: The threads

    private func serve() {
        var connection: PostgreSQLConnection?
        while true {
            arrivals.wait()
            let (query, isClosed) = state.withLock { state in
                (state.line.isEmpty ? nil : state.line.removeFirst(), state.isClosed)
            }
            // A query that gave up has left its arrival behind.
            guard let query else {
                if isClosed { return }
                continue
            }
            query.patience.cancel()
            let result = Result { try perform(query, on: &connection) }
            end(query, with: result)
        }
    }

    private func perform(_ query: Query, on connection: inout PostgreSQLConnection?) throws -> PostgreSQLRows {
        if let known = connection {
            do {
                return try run(query, known)
            } catch let failure as PostgreSQLFailure where failure.kind == .disconnected {
                // The server went away while nobody looked, and may be back.
                connection = nil
            } catch let failure as PostgreSQLFailure {
                if failure.kind == .timedOut { connection = nil }
                throw server.sentence(for: failure)
            }
        }
        let new = try server.connect()
        do {
            let rows = try run(query, new)
            connection = new
            return rows
        } catch let failure as PostgreSQLFailure {
            if failure.kind == .refused { connection = new }
            throw server.sentence(for: failure)
        }
    }

    private func run(_ query: Query, _ connection: PostgreSQLConnection) throws -> PostgreSQLRows {
        try connection.run(query.statement, query.parameters, timeout: server.patience)
    }
}
#endif
