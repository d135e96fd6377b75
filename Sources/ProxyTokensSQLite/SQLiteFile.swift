#if SQLite
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import GRDB
import ProxyTokens

/// The file of a storage: creates, opens and checks it.
struct SQLiteFile: Sendable {
    /// Identifies a file as ours, in SQLite's header: "CPtk".
    private static let applicationID = 0x4350_746B

    let path: String
    let busyTimeout: Duration

    /// Opens the file and migrates its tables; creates the file if it is missing.
    ///
    /// - Throws: ``TokenStorageError``.
    func open() throws -> DatabasePool {
        try create()
        let end = ContinuousClock.now + busyTimeout
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                try check(pool)
                try SQLiteSchema.migrator.migrate(pool)
                return pool
            } catch let error as DatabaseError where error.isCollision && ContinuousClock.now < end {
                // Several processes are creating the same file: one of them does it, the others try again.
                usleep(10_000)
            } catch let error as DatabaseError {
                throw sentence(for: error)
            }
        }
    }

    /// The error of a file operation, as a sentence.
    func sentence(for error: DatabaseError) -> TokenStorageError {
        let reason = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        return switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            TokenStorageError(
                .unusableFile,
                "The file '\(path)' is damaged or not an SQLite database (\(reason)): put a backup in its place, or move it"
                    + " away to begin without tokens."
            )
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            TokenStorageError(
                .unusableFile,
                "The file '\(path)' cannot be opened for writing (\(reason)): check its name and its owner, and those of"
                    + " its folder."
            )
        case .SQLITE_FULL:
            TokenStorageError(.unavailable, "The file '\(path)' cannot grow (\(reason)): make room on its disk.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            TokenStorageError(
                .unavailable,
                "The file '\(path)' was in use for longer than \(busyTimeout): check which process uses it."
            )
        default:
            TokenStorageError(.unavailable, "The file '\(path)' could not be read or written: \(reason).")
        }
    }

    /// The identities of the database file and its companion files; nil for missing ones.
    struct Identities: Sendable {
        fileprivate let database: Identity?
        fileprivate let log: Identity?
        fileprivate let index: Identity?
    }

    fileprivate struct Identity: Equatable {
        let device: UInt64
        let number: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    private var logPath: String { "\(path)-wal" }
    private var indexPath: String { "\(path)-shm" }

    var identities: Identities {
        Identities(database: Identity(path), log: Identity(logPath), index: Identity(indexPath))
    }

    /// Prepares to open another file that has taken the database's name.
    ///
    /// The log beside it that this process has open belongs to the old file: read into the new one, it would restore
    /// the old file's content, so its name is removed (https://www.sqlite.org/howtocorrupt.html §2.4). A log that came
    /// with the new file stays.
    ///
    /// - Parameter open: The files that are open.
    /// - Throws: ``TokenStorageError`` when there is no file.
    func prepareToReopen(_ open: Identities) throws {
        let now = identities
        guard now.database != nil else {
            throw TokenStorageError(
                .unusableFile,
                "The file '\(path)' is gone: put it back, or restart to begin without tokens."
            )
        }
        guard now.database != open.database else { return }
        if now.log == open.log { unlink(logPath) }
        if now.index == open.index { unlink(indexPath) }
    }

    private var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "tokens"
        let (seconds, attoseconds) = busyTimeout.components
        configuration.busyMode = .timeout(Double(seconds) + Double(attoseconds) / 1e18)
        return configuration
    }

    /// Creates the file if it is missing, for its owner only; SQLite gives its companion files the same mode.
    private func create() throws {
        // Made without opening it: closing a descriptor would release the locks that this process may hold on the file.
        guard mknod(path, S_IFREG | 0o600, 0) != 0, errno != EEXIST else { return }
        let reason = String(cString: strerror(errno))
        throw TokenStorageError(
            .unusableFile,
            "The file '\(path)' cannot be created (\(reason)): check its name, and whether its folder exists and may be"
                + " written to."
        )
    }

    /// Checks whether the file has another program's tables, or those of a newer version.
    private func check(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            // Commits survive a power failure: a revoked token must not come back.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // The transaction keeps other processes from making tables between the two checks.
            try database.inTransaction(.immediate) {
                guard !(try SQLiteSchema.migrator.hasBeenSuperseded(database)) else {
                    throw TokenStorageError(
                        .unusableFile,
                        "The file '\(path)' was made by a newer version: use that version."
                    )
                }
                let id = try Int.fetchOne(database, sql: "PRAGMA application_id")
                if id == Self.applicationID { return .commit }
                let tables = try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'"
                )
                guard id == 0, tables == 0 else {
                    throw TokenStorageError(
                        .unusableFile,
                        "The file '\(path)' is the database of another program: choose another file for tokens."
                    )
                }
                try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                return .commit
            }
        }
    }
}

extension DatabaseError {
    /// Whether another process did the same at the same time.
    fileprivate var isCollision: Bool {
        switch resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT, .SQLITE_SCHEMA: true
        case .SQLITE_ERROR: message?.contains("already exists") == true
        default: false
        }
    }
}
#endif
