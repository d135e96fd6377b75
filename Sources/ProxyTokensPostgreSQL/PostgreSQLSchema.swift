#if PostgreSQL
/// The tables of a storage, and how they came to be.
enum PostgreSQLSchema {
    /// What brings the tables from one version to the next; a step that was released never changes.
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

    /// The number of the lock that replicas take who begin at the same time: "CPtk" in ASCII.
    private static let lock = 0x4350_746B

    /// Brings the tables up to date.
    ///
    /// Without rights to change tables it works as long as they are.
    ///
    /// - Throws: ``PostgreSQLError``.
    static func migrate(_ connection: PostgreSQLConnection, timeout: Duration) throws {
        if try version(connection, timeout: timeout) == steps.count { return }
        // Not the lock of a transaction: one that began before the lock was free may not see the tables that were made
        // meanwhile by another replica. A connection that breaks gives it back.
        try run(connection, "SELECT pg_advisory_lock(\(lock))", timeout)
        try run(connection, "BEGIN", timeout)
        let version = try version(connection, timeout: timeout)
        guard version <= steps.count else {
            throw PostgreSQLError(kind: .refused, message: "its tables are those of a newer version: use that one")
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

    /// The version of the tables; 0 when there are none.
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
