#if Tokens
import Synchronization

/// Keeps tokens in memory, for tests and for servers that may forget them: they are gone when the process ends.
public final class InMemoryTokenStorage: TokenStorage {
    private struct Table {
        var tokens: [String: Token] = [:]
        var references: [TokenDigest: String] = [:]
        var digests: [String: TokenDigest] = [:]
    }

    /// What tokens are created and expire by.
    public let clock: UnixClock
    private let table = Mutex(Table())

    /// Makes an empty storage.
    public init(clock: UnixClock = .system) {
        self.clock = clock
    }

    /// Keeps a token.
    public func insert(_ token: Token, digest: TokenDigest) async throws {
        table.withLock { table in
            guard table.references[digest] == nil, table.tokens[token.reference] == nil else { return }
            table.references[digest] = token.reference
            table.digests[token.reference] = digest
            table.tokens[token.reference] = token
        }
    }

    /// Looks a token up by its clear text.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        guard !secret.isTooLong else { return nil }
        let digest = TokenDigest(secret)
        return valid(table.withLock { table in table.references[digest].flatMap { table.tokens[$0] } })
    }

    /// Looks a token up by its reference.
    public func token(reference: String) async throws -> Token? {
        valid(table.withLock { $0.tokens[reference] })
    }

    private func valid(_ token: Token?) -> Token? {
        guard let token, !token.isExpired(at: clock.now) else { return nil }
        return token
    }

    /// Revokes a token.
    @discardableResult
    public func delete(reference: String) async throws -> Bool {
        remove { $0.reference == reference } == 1
    }

    /// Revokes all tokens of a user.
    public func deleteAll(of user: String) async throws -> Int {
        remove { $0.user == user }
    }

    /// Removes the tokens that do not count any more.
    public func deleteExpired() async throws -> Int {
        let now = clock.now
        return remove { $0.isExpired(at: now) }
    }

    private func remove(where matches: (Token) -> Bool) -> Int {
        table.withLock { table in
            let removed = table.tokens.values.filter(matches)
            for token in removed {
                table.tokens[token.reference] = nil
                guard let digest = table.digests.removeValue(forKey: token.reference) else { continue }
                table.references[digest] = nil
            }
            return removed.count
        }
    }

    /// Lists tokens, the oldest first.
    public func list(of user: String?) async throws -> [Token] {
        let tokens = table.withLock { Array($0.tokens.values) }
        return tokens.filter { user == nil || $0.user == user }
            .sorted { ($0.createdAt, $0.reference) < ($1.createdAt, $1.reference) }
    }
}
#endif
