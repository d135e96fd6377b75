#if PostgreSQL
import Dispatch
import Foundation
import Logging
import ProxyTokens
import Synchronization

/// Runs queries on a number of threads, each with a connection of its own.
///
/// libpq blocks, so it must not use threads of event loops or of Swift's tasks. Queries wait in one queue; a free
/// thread takes the first one. While libpq opens a connection, which may take longer than a caller should wait, the
/// query can fail without its thread: the thread finishes opening and then serves the next query.
final class PostgreSQLPool: Sendable {
    private struct Query {
        let number: UInt64
        let statement: PostgreSQLStatement
        let parameters: [String?]
    }

    /// A caller that waits for a query's rows.
    private struct Waiter {
        let continuation: CheckedContinuation<PostgreSQLRows, any Error>
        /// Fails the query when it has waited for too long, in the queue or for its connection.
        let patience: Task<Void, Never>
    }

    private struct State {
        var line: [Query] = []
        /// The waiters of all queries without a result, queued or not, by their numbers.
        var waiters: [UInt64: Waiter] = [:]
        var count: UInt64 = 0
        /// The queries whose threads are opening a connection, and those whose threads take too long for it.
        var opening: Set<UInt64> = []
        var late: Set<UInt64> = []
        var isClosed = false
    }

    private let server: PostgreSQLServerState
    private let configuration: PostgreSQLTokenStorage.Configuration
    private let state = Mutex(State())
    /// Counts the queries that were queued, and the threads that should end.
    private let arrivals = DispatchSemaphore(value: 0)

    init(_ configuration: PostgreSQLTokenStorage.Configuration, server: PostgreSQLServerState) {
        self.configuration = configuration
        self.server = server
    }

    /// Starts the threads, which end at ``close()``.
    func start() {
        for number in 0..<configuration.connections {
            let thread = Thread { [self] in serve() }
            thread.name = "postgresql-\(number)"
            thread.start()
        }
    }

    /// Ends the threads and their connections, each after its current query; queued queries fail.
    func close() {
        let line = state.withLock { state in
            state.isClosed = true
            defer { state.line = [] }
            return state.line
        }
        for query in line { end(query.number, with: .failure(Self.closed)) }
        for _ in 0..<configuration.connections { arrivals.signal() }
    }

    /// Runs a statement; runs it again if the connection breaks meanwhile.
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
                let query = Query(number: number, statement: statement, parameters: parameters)
                state.withLock { $0.waiters[number] = Waiter(continuation: continuation, patience: patience) }
                if let refusal = putInLine(query) { end(number, with: .failure(refusal)) }
                // A cancellation before this point has not found the query in the queue.
                if Task.isCancelled { giveUp(number, because: CancellationError()) }
            }
        } onCancel: {
            giveUp(number, because: CancellationError())
        }
    }

    /// How much longer than its limit to wait for a connection, so that the connection itself can report why it failed.
    private static let moment = Duration.milliseconds(100)
    private static let closed = TokenStorageError(.unavailable, "The storage is closed.")

    private func putInLine(_ query: Query) -> TokenStorageError? {
        let refusal = state.withLock { state -> TokenStorageError? in
            guard !state.isClosed else { return Self.closed }
            guard state.late.count < configuration.connections else { return server.unreachable }
            guard state.line.count < configuration.waitingLimit else {
                return TokenStorageError(.unavailable, "Too many queries already wait for PostgreSQL.")
            }
            state.line.append(query)
            return nil
        }
        if refusal == nil { arrivals.signal() }
        return refusal
    }

    /// Fails a query that waits, in the queue or for its connection; a query that was sent to the server continues.
    private func giveUp(_ number: UInt64, because error: any Error) {
        let isWaiting = state.withLock { state in
            guard let index = state.line.firstIndex(where: { $0.number == number }) else {
                return state.opening.contains(number)
            }
            state.line.remove(at: index)
            return true
        }
        if isWaiting { end(number, with: .failure(error)) }
    }

    /// Resumes the caller that waits for a query, unless that has been done.
    private func end(_ number: UInt64, with result: Result<PostgreSQLRows, any Error>) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
        waiter?.patience.cancel()
        waiter?.continuation.resume(with: result)
    }

    // MARK: The threads

    private func serve() {
        var connection: PostgreSQLConnection?
        while true {
            arrivals.wait()
            let (query, isClosed) = state.withLock { state in
                (state.line.isEmpty ? nil : state.line.removeFirst(), state.isClosed)
            }
            // A query that gave up leaves its count in the semaphore.
            guard let query else {
                if isClosed { return }
                continue
            }
            state.withLock { $0.waiters[query.number]?.patience.cancel() }
            end(query.number, with: Result { try perform(query, on: &connection) })
        }
    }

    private func perform(_ query: Query, on connection: inout PostgreSQLConnection?) throws -> PostgreSQLRows {
        if let known = connection {
            do {
                return try run(query, known)
            } catch let failure as PostgreSQLError where failure.kind == .disconnected {
                // The server disconnected while the connection was idle, and may be reachable again.
                connection = nil
            } catch let failure as PostgreSQLError {
                if failure.kind == .timedOut { connection = nil }
                throw server.sentence(for: failure)
            }
        }
        let new = try server.connect { open in try inTime(query, open) }
        // The result came too late for its caller, but the next query can use the connection.
        guard state.withLock({ $0.waiters[query.number] != nil }) else {
            connection = new
            throw server.unreachable
        }
        do {
            let rows = try run(query, new)
            connection = new
            return rows
        } catch let failure as PostgreSQLError {
            if failure.kind == .refused { connection = new }
            throw server.sentence(for: failure)
        }
    }

    private func run(_ query: Query, _ connection: PostgreSQLConnection) throws -> PostgreSQLRows {
        try connection.run(query.statement, query.parameters, timeout: server.patience)
    }

    /// Opens a connection for a query, which fails when that takes longer than its limit.
    private func inTime(_ query: Query, _ open: () throws -> PostgreSQLConnection) throws -> PostgreSQLConnection {
        let number = query.number
        state.withLock { _ = $0.opening.insert(number) }
        let limit = Task { [self, limit = configuration.connectTimeout + Self.moment] in
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            let isLate = state.withLock { state in
                guard state.opening.contains(number) else { return false }
                state.late.insert(number)
                return true
            }
            if isLate { end(number, with: .failure(server.isLate())) }
        }
        defer {
            limit.cancel()
            state.withLock { state in
                state.opening.remove(number)
                state.late.remove(number)
            }
        }
        return try open()
    }
}
#endif
