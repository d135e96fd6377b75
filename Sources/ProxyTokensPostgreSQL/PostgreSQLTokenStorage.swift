#if PostgreSQL
import CentrifugoProxy
public import Logging
public import ProxyTokens

/// Stores tokens in PostgreSQL, for several replicas that share them.
///
/// It connects on first use, and again after the server was away; meanwhile its operations fail with
/// ``TokenStorageError``, `unavailable`. The first connection creates or migrates its tables, `centrifugo_proxy_token`
/// and `centrifugo_proxy_token_schema`, one replica at a time. When a connection breaks, an operation may be executed a
/// second time, which affects only the count that it returns.
public final class PostgreSQLTokenStorage: TokenStorage {
    /// The clock for the creation and expiry of tokens.
    public let clock: UnixClock
    private let pool: PostgreSQLPool

    /// Makes a storage; it does not connect yet.
    ///
    /// - Parameters:
    ///   - configuration: The address of the database, and how long to wait for it.
    ///   - clock: The clock for the creation and expiry of tokens.
    ///   - logger: Receives lines when the server cannot be reached, and when it is reachable again.
    /// - Throws: ``TokenStorageError`` when the configuration is invalid.
    public convenience init(_ configuration: Configuration, clock: UnixClock = .system, logger: Logger) throws {
        try self.init(
            configuration,
            clock: clock,
            server: try PostgreSQLServerState(configuration, logger: logger)
        )
    }

    /// Makes a storage with its own way to open connections, for tests in which that takes long.
    init(_ configuration: Configuration, clock: UnixClock = .system, server: PostgreSQLServerState) throws {
        guard configuration.connections > 0 else {
            throw TokenStorageError(.invalidConfiguration, "A storage in PostgreSQL needs at least one connection.")
        }
        self.clock = clock
        pool = PostgreSQLPool(configuration, server: server)
        pool.start()
    }

    deinit {
        pool.close()
    }

    /// Stores a token.
    public func insert(_ token: Token, digest: TokenDigest) async throws {
        _ = try await pool.run(
            .insert,
            [
                digest.hexadecimal, token.reference, token.user, try TokenText.encode(token.roles),
                try TokenText.encode(token.claims), "\(token.createdAt)", token.expireAt.map { "\($0)" },
            ]
        )
    }

    /// Looks a token up by its clear text.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Looks a token up by its clear text, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        let token = try await tokens(.byDigest, TokenDigest(secret).hexadecimal).first
        return TokenVerdict(token, at: clock.now, ifMissing: .unknownToken)
    }

    /// Looks a token up by its reference.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// Looks a token up by its reference, and says why it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        guard TokenDigest.isReference(reference) else { return .refused(.unknownToken) }
        let token = try await tokens(.byReference, reference).first
        return TokenVerdict(token, at: clock.now, ifMissing: .revoked)
    }

    /// Revokes a token.
    @discardableResult
    public func delete(reference: String) async throws -> Bool {
        guard TokenDigest.isReference(reference) else { return false }
        return try await pool.run(.delete, [reference]).changed > 0
    }

    /// Revokes all tokens of a user.
    @discardableResult
    public func deleteAll(of user: String) async throws -> Int {
        // No user id has a NUL character, and PostgreSQL accepts no text with one.
        guard !user.utf8.contains(0) else { return 0 }
        return try await pool.run(.deleteAll, [user]).changed
    }

    /// Removes the tokens that have expired.
    @discardableResult
    public func deleteExpired() async throws -> Int {
        try await pool.run(.deleteExpired, ["\(clock.now)"]).changed
    }

    /// Lists tokens, the oldest first.
    public func list(of user: String?) async throws -> [Token] {
        guard let user else { return try await tokens(.list) }
        return user.utf8.contains(0) ? [] : try await tokens(.listOfUser, user)
    }

    private func tokens(_ statement: PostgreSQLStatement, _ parameters: String...) async throws -> [Token] {
        try await pool.run(statement, parameters).rows.map(Token.init(row:))
    }
}

extension Token {
    /// Makes a token from a row with the columns of ``PostgreSQLStatement``.
    fileprivate init(row: [String?]) throws {
        guard row.count == 6, let reference = row[0], let user = row[1], let roles = row[2], let claims = row[3],
            let createdAt = row[4].flatMap({ Int64($0) })
        else { throw TokenStorageError(.unavailable, "The storage has a token that cannot be read.") }
        self.init(
            reference: reference,
            user: user,
            roles: try TokenText.decode([String].self, from: roles),
            claims: try TokenText.decode([String: String].self, from: claims),
            createdAt: createdAt,
            expireAt: row[5].flatMap { Int64($0) }
        )
    }
}

extension TokenDigest {
    /// The bytes in the form that PostgreSQL's `decode` reads.
    fileprivate var hexadecimal: String {
        String(
            decoding: bytes.flatMap { [HexadecimalDigit.of($0 >> 4), HexadecimalDigit.of($0 & 0xF)] },
            as: UTF8.self
        )
    }
}
#endif
