#if PostgreSQL
/// Why a query has no result.
struct PostgreSQLError: Error {
    enum Kind {
        /// The connection is of no more use; whether the query was carried out is not known.
        case disconnected
        /// The connection does not answer; it is of no more use either.
        case timedOut
        /// The server refuses the query; the connection goes on.
        case refused
    }

    let kind: Kind
    /// What libpq or the server says, without any secret.
    let message: String
}

/// What a query returns.
struct PostgreSQLRows: Sendable {
    /// The values of each row as texts; nil for null.
    var rows: [[String?]] = []
    /// How many rows it changed.
    var changed = 0
}
#endif
