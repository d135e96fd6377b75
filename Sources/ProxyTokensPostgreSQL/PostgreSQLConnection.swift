#if PostgreSQL
import CPostgreSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A connection to a server, for one thread.
///
/// All of its functions block, at most until their time limit. Only this type calls libpq: it sends queries without
/// blocking and waits for their results by poll(2), since libpq's blocking calls have no time limit.
///
/// Connecting is the exception: libpq blocks while it looks up host names, a service's entry and Kerberos servers, for
/// as long as the system's resolver takes. The limit does not include that time, and ``PostgreSQLPool`` does not let
/// callers wait for it.
final class PostgreSQLConnection {
    private let connection: OpaquePointer
    private let address: PostgreSQLAddress
    /// The names of the statements that the server has prepared for this connection.
    private var prepared: Set<String> = []

    /// Connects.
    ///
    /// - Throws: ``PostgreSQLError``.
    init(to address: PostgreSQLAddress, timeout: Duration) throws {
        let keywords = ["dbname", "fallback_application_name", "client_encoding", "keepalives_idle"]
        let values = [address.text, "centrifugo-proxy", "UTF8", "10"]
        // The first value may be a whole connection string; later values take precedence over it, and none is a
        // password.
        let started = Self.withCStrings(keywords) { keywords in
            Self.withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let started else { throw PostgreSQLError(kind: .disconnected, message: "out of memory") }
        connection = started
        self.address = address
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        try finishConnecting(until: .now + timeout)
        PQsetnonblocking(connection, 1)
    }

    deinit {
        PQfinish(connection)
    }

    /// Runs a statement with its parameters; it is prepared the first time.
    ///
    /// - Throws: ``PostgreSQLError``.
    func run(_ statement: PostgreSQLStatement, _ parameters: [String?], timeout: Duration) throws -> PostgreSQLRows {
        let end = ContinuousClock.now + timeout
        // libpq would end the text there, which changes its meaning.
        guard !parameters.contains(where: { $0?.utf8.contains(0) == true }) else {
            throw PostgreSQLError(kind: .refused, message: "a text contains a NUL character")
        }
        if !prepared.contains(statement.name) {
            try send(PQsendPrepare(connection, statement.name, statement.sql, 0, nil))
            _ = try result(until: end)
            prepared.insert(statement.name)
        }
        try send(
            Self.withCStrings(parameters) { values in
                PQsendQueryPrepared(connection, statement.name, Int32(parameters.count), values, nil, nil, 0)
            }
        )
        return try result(until: end)
    }

    /// Runs SQL without parameters, which may be several statements; returns the last one's rows.
    ///
    /// - Throws: ``PostgreSQLError``.
    func run(script sql: String, timeout: Duration) throws -> PostgreSQLRows {
        try send(PQsendQuery(connection, sql))
        return try result(until: .now + timeout)
    }

    private func finishConnecting(until end: ContinuousClock.Instant) throws {
        guard PQstatus(connection) != CONNECTION_BAD else { throw disconnected() }
        var end = end
        var events = Int16(POLLOUT)
        while true {
            try wait(for: events, until: end)
            let asked = ContinuousClock.now
            let next = PQconnectPoll(connection)
            // Polling does not wait for servers, but may have looked up the next host's name: one of several hosts must
            // be reachable even if the names of others cannot be resolved.
            end += asked.duration(to: .now)
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: throw disconnected()
            }
        }
    }

    private func send(_ accepted: Int32) throws {
        guard accepted == 1 else { throw disconnected() }
    }

    /// Waits for all results of the sent query, and returns the last one.
    private func result(until end: ContinuousClock.Instant) throws -> PostgreSQLRows {
        while true {
            let left = PQflush(connection)
            guard left >= 0 else { throw disconnected() }
            guard left > 0 else { break }
            try wait(for: Int16(POLLIN | POLLOUT), until: end)
            guard PQconsumeInput(connection) == 1 else { throw disconnected() }
        }
        var rows = PostgreSQLRows()
        var refusal: PostgreSQLError?
        while true {
            while PQisBusy(connection) == 1 {
                try wait(for: Int16(POLLIN), until: end)
                guard PQconsumeInput(connection) == 1 else { throw disconnected() }
            }
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: rows = Self.rows(of: result)
            default:
                refusal = PostgreSQLError(
                    kind: .refused,
                    message: address.cleaned(String(cString: PQresultErrorMessage(result)))
                )
            }
        }
        // When a server ends the connection, its last message is a refusal like any other.
        guard PQstatus(connection) == CONNECTION_OK else { throw disconnected() }
        if let refusal { throw refusal }
        return rows
    }

    private static func rows(of result: OpaquePointer) -> PostgreSQLRows {
        let rows = (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column -> String? in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                return String(cString: value)
            }
        }
        return PostgreSQLRows(rows: rows, changed: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    private func wait(for events: Int16, until end: ContinuousClock.Instant) throws {
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else {
                throw PostgreSQLError(kind: .timedOut, message: "it does not answer in time")
            }
            var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let ready = poll(&descriptor, 1, Int32(clamping: milliseconds))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw disconnected() }
        }
    }

    private func disconnected() -> PostgreSQLError {
        PostgreSQLError(kind: .disconnected, message: address.cleaned(String(cString: PQerrorMessage(connection))))
    }

    /// Calls `body` with texts as a C array of strings, which ends with a null pointer.
    private static func withCStrings<Value>(
        _ texts: [String?],
        _ body: ([UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        let strings = texts.map { text in text.flatMap { strdup($0) } }
        defer { for string in strings { free(string) } }
        return body(strings.map { UnsafePointer($0) } + [nil])
    }
}
#endif
