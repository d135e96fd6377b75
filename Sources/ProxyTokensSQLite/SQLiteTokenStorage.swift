#if SQLite
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import GRDB
import CentrifugoProxy
public import ProxyTokens

/// Stores tokens in an SQLite file.
///
/// Several processes may use one file at the same time. While it is in use, two files of the same name with `-wal` and
/// `-shm` exist beside it; they belong to it. Reads and writes happen on threads of their own.
public final class SQLiteTokenStorage: TokenStorage {
    /// The clock for the creation and expiry of tokens.
    public let clock: UnixClock
    private let file: SQLiteFile
    private let pool: DatabasePool
    /// The files that are open.
    private let identities: SQLiteFile.Identities

    /// Opens a file; creates it if it is missing, readable only by its owner.
    ///
    /// - Parameters:
    ///   - path: The file's name.
    ///   - busyTimeout: How long to wait for another process that writes.
    ///   - clock: The clock for the creation and expiry of tokens.
    /// - Throws: ``TokenStorageError``, with a sentence that names the file and what to change.
    public convenience init(path: String, busyTimeout: Duration = .seconds(5), clock: UnixClock = .system) throws {
        try self.init(SQLiteFile(path: path, busyTimeout: busyTimeout), clock: clock)
    }

    private init(_ file: SQLiteFile, clock: UnixClock) throws {
        self.clock = clock
        self.file = file
        pool = try file.open()
        identities = file.identities
    }

    /// Opens the file that has the name now, which may be another one, such as a backup that was moved there.
    ///
    /// - Returns: Another storage. If it has another file, do not use this one any more: SQLite may fail in it.
    /// - Throws: ``TokenStorageError``, also when the file is gone: an empty one would accept no token.
    package func reopened() throws -> SQLiteTokenStorage {
        try file.prepareToReopen(identities)
        return try SQLiteTokenStorage(file, clock: clock)
    }

    /// Stores a token.
    public func insert(_ token: Token, digest: TokenDigest) async throws {
        let roles = try TokenText.encode(token.roles)
        let claims = try TokenText.encode(token.claims)
        let digest = Data(digest.bytes)
        try await write { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO token (digest, reference, user, roles, claims, created_at, expire_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [digest, token.reference, token.user, roles, claims, token.createdAt, token.expireAt]
            )
        }
    }

    /// Looks a token up by its clear text.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Looks a token up by its clear text, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        let token = try await kept(where: "digest = ?", Data(TokenDigest(secret).bytes))
        return TokenVerdict(token, at: clock.now, ifMissing: .unknownToken)
    }

    /// Looks a token up by its reference.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// Looks a token up by its reference, and says why it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        guard TokenDigest.isReference(reference) else { return .refused(.unknownToken) }
        let token = try await kept(where: "reference = ?", reference)
        return TokenVerdict(token, at: clock.now, ifMissing: .revoked)
    }

    /// Revokes a token.
    @discardableResult
    public func delete(reference: String) async throws -> Bool {
        guard TokenDigest.isReference(reference) else { return false }
        return try await delete(where: "reference = ?", reference) > 0
    }

    /// Revokes all tokens of a user.
    public func deleteAll(of user: String) async throws -> Int {
        // SQLite would read only up to the NUL, and find another user.
        guard !user.utf8.contains(0) else { return 0 }
        return try await delete(where: "user = ?", user)
    }

    /// Removes the tokens that have expired.
    public func deleteExpired() async throws -> Int {
        try await delete(where: "expire_at <= ?", clock.now)
    }

    /// Lists tokens, the oldest first.
    public func list(of user: String?) async throws -> [Token] {
        if let user, user.utf8.contains(0) { return [] }
        return try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM token WHERE ?1 IS NULL OR user = ?1 ORDER BY created_at, reference",
                arguments: [user]
            ).map(Token.init(row:))
        }
    }

    private func kept(
        where condition: String,
        _ argument: some DatabaseValueConvertible & Sendable
    ) async throws -> Token? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM token WHERE \(condition)", arguments: [argument])
                .map(Token.init(row:))
        }
    }

    private func delete(
        where condition: String,
        _ argument: some DatabaseValueConvertible & Sendable
    ) async throws -> Int {
        try await write { database in
            try database.execute(sql: "DELETE FROM token WHERE \(condition)", arguments: [argument])
            return database.changesCount
        }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw file.sentence(for: error)
        }
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.write(body)
        } catch let error as DatabaseError {
            throw file.sentence(for: error)
        }
    }
}

extension Token {
    fileprivate init(row: Row) throws {
        self.init(
            reference: row["reference"],
            user: row["user"],
            roles: try TokenText.decode([String].self, from: row["roles"]),
            claims: try TokenText.decode([String: String].self, from: row["claims"]),
            createdAt: row["created_at"],
            expireAt: row["expire_at"]
        )
    }
}
#endif
