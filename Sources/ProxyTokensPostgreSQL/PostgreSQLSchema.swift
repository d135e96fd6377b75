#if PostgreSQL
/// The tables of a storage, and their migrations.
enum PostgreSQLSchema {
    /// The migrations from each version to the next; a released one never changes.
    private static let steps = [
        """
        CREATE TABLE centrifugo_proxy_token (
            digest bytea PRIMARY KEY,
            reference text NOT NULL UNIQUE,
            user_id text NOT NULL,
            roles text NOT NULL,
            claims text NOT NULL,
            created_at bigint NOT NULL,
            expire_at bigint
        );
        CREATE INDEX centrifugo_proxy_token_user ON centrifugo_proxy_token USING hash (user_id);
        CREATE INDEX centrifugo_proxy_token_expire_at ON centrifugo_proxy_token (expire_at) WHERE expire_at IS NOT NULL;
        """
    ]

    /// The number of the lock for replicas that migrate at the same time: "CPtk" in ASCII.
    private static let lock = 0x4350_746B

    /// Migrates the tables to the current version.
    ///
    /// Without rights to change tables, it succeeds if they are current.
    ///
    /// - Throws: ``PostgreSQLError``.
    static func migrate(_ connection: PostgreSQLConnection, timeout: Duration) throws {
        if try version(connection, timeout: timeout) == steps.count { return }
        // Not a transaction's lock: a transaction that began before the lock was free may not see tables that another
        // replica made meanwhile. A connection that breaks releases it.
        try run(connection, "SELECT pg_advisory_lock(\(lock))", timeout)
        try run(connection, "BEGIN", timeout)
        let version = try version(connection, timeout: timeout)
        guard version <= steps.count else {
            throw PostgreSQLError(kind: .refused, message: "a newer version made its tables: use that version")
        }
        if version == 0 {
            try run(
                connection,
                """
                CREATE TABLE centrifugo_proxy_token_schema (version integer NOT NULL);
                INSERT INTO centrifugo_proxy_token_schema VALUES (0)
                """,
                timeout
            )
        }
        for step in steps[version...] { try run(connection, step, timeout) }
        try run(connection, "UPDATE centrifugo_proxy_token_schema SET version = \(steps.count)", timeout)
        try run(connection, "COMMIT", timeout)
        try run(connection, "SELECT pg_advisory_unlock(\(lock))", timeout)
    }

    /// The version of the tables; 0 without tables.
    private static func version(_ connection: PostgreSQLConnection, timeout: Duration) throws -> Int {
        let known = try run(connection, "SELECT to_regclass('centrifugo_proxy_token_schema') IS NOT NULL", timeout)
        guard known.rows.first?.first == "t" else { return 0 }
        let version = try run(connection, "SELECT version FROM centrifugo_proxy_token_schema", timeout)
        return version.rows.first?.first?.flatMap { Int($0) } ?? 0
    }

    @discardableResult
    private static func run(
        _ connection: PostgreSQLConnection,
        _ sql: String,
        _ timeout: Duration
    ) throws -> PostgreSQLRows {
        try connection.run(script: sql, timeout: timeout)
    }
}
#endif
