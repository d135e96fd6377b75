#if SQLite
import GRDB

/// The tables of a storage, and their migrations.
enum SQLiteSchema {
    /// The migrations from all earlier versions; a released one never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("tokens") { database in
            try database.execute(
                sql: """
                    CREATE TABLE token (
                        digest BLOB NOT NULL PRIMARY KEY,
                        reference TEXT NOT NULL UNIQUE,
                        user TEXT NOT NULL,
                        roles TEXT NOT NULL,
                        claims TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        expire_at INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX token_user ON token (user);
                    CREATE INDEX token_expire_at ON token (expire_at) WHERE expire_at IS NOT NULL;
                    """
            )
        }
        return migrator
    }
}
#endif
