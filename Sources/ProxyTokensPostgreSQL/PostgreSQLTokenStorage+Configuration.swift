#if PostgreSQL
extension PostgreSQLTokenStorage {
    /// The address of the database, and how long to wait for it.
    public struct Configuration: Sendable {
        /// The connection string of libpq: `host=db.internal dbname=tokens user=proxy password=…`, or
        /// `postgresql://proxy@db.internal/tokens?sslmode=verify-full`.
        ///
        /// The password may also come from a file (`passfile`). The string is never shown.
        public var connection: String
        /// How many connections there are, each with a thread; they are opened when they are needed.
        public var connections = 4
        /// How long connecting may take, including the lookup of the server's name; queries fail after it.
        public var connectTimeout = Duration.seconds(3)
        /// How long a statement may take; then the server cancels it.
        public var statementTimeout = Duration.seconds(3)
        /// How long a query may wait for a connection.
        public var waitTimeout = Duration.seconds(3)
        /// How many queries may wait for a connection; further ones fail at once.
        public var waitingLimit = 1_000
        /// The longest pause between attempts to reach a server that is down; meanwhile queries fail at once.
        public var longestPause = Duration.seconds(2)

        /// Makes the default configuration for a connection string.
        public init(_ connection: String) {
            self.connection = connection
        }
    }
}

extension PostgreSQLTokenStorage.Configuration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The number of connections, without the connection string.
    public var description: String { "Configuration(redacted, \(connections) connections)" }
    /// The description.
    public var debugDescription: String { description }
    /// Shows only the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
#endif
