#if PostgreSQL
/// A statement that connections prepare; its text never contains values.
struct PostgreSQLStatement: Sendable {
    let name: String
    let sql: String

    private static let columns = "reference, user_id, roles, claims, created_at, expire_at"

    static let insert = PostgreSQLStatement(
        name: "insert",
        sql: """
            INSERT INTO centrifugo_proxy_token (digest, reference, user_id, roles, claims, created_at, expire_at)
            VALUES (decode($1, 'hex'), $2, $3, $4, $5, $6::bigint, $7::bigint) ON CONFLICT DO NOTHING
            """
    )
    static let byDigest = PostgreSQLStatement(
        name: "by_digest",
        sql: "SELECT \(columns) FROM centrifugo_proxy_token WHERE digest = decode($1, 'hex')"
    )
    static let byReference = PostgreSQLStatement(
        name: "by_reference",
        sql: "SELECT \(columns) FROM centrifugo_proxy_token WHERE reference = $1"
    )
    static let delete = PostgreSQLStatement(
        name: "delete",
        sql: "DELETE FROM centrifugo_proxy_token WHERE reference = $1"
    )
    static let deleteAll = PostgreSQLStatement(
        name: "delete_all",
        sql: "DELETE FROM centrifugo_proxy_token WHERE user_id = $1"
    )
    static let deleteExpired = PostgreSQLStatement(
        name: "delete_expired",
        sql: "DELETE FROM centrifugo_proxy_token WHERE expire_at <= $1::bigint"
    )
    static let list = PostgreSQLStatement(
        name: "list",
        sql: "SELECT \(columns) FROM centrifugo_proxy_token ORDER BY created_at, reference COLLATE \"C\""
    )
    static let listOfUser = PostgreSQLStatement(
        name: "list_of_user",
        sql: """
            SELECT \(columns) FROM centrifugo_proxy_token WHERE user_id = $1
            ORDER BY created_at, reference COLLATE "C"
            """
    )
}
#endif
