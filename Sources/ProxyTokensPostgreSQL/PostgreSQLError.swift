#if PostgreSQL
/// Why a query has no result.
struct PostgreSQLError: Error {
    enum Kind {
        /// The connection is lost; whether the query was executed is unknown.
        case disconnected
        /// The connection does not answer, and cannot be used any more.
        case timedOut
        /// The server refuses the query; the connection can still be used.
        case refused
    }

    let kind: Kind
    /// The message of libpq or the server, without any secret.
    let message: String
}

/// The result of a query.
struct PostgreSQLRows: Sendable {
    /// The values of each row as texts; nil for null.
    var rows: [[String?]] = []
    /// How many rows were changed.
    var changed = 0
}
#endif
