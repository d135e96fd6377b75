#if Tokens
import CentrifugoProxy
import Synchronization

/// Stores tokens in memory, for tests and for servers that may lose them: they are gone when the process ends.
public final class InMemoryTokenStorage: TokenStorage {
    private struct Table {
        var tokens: [ExactText: Token] = [:]
        var references: [TokenDigest: ExactText] = [:]
        var digests: [ExactText: TokenDigest] = [:]
    }

    /// The clock for the creation and expiry of tokens.
    public let clock: UnixClock
    private let table = Mutex(Table())

    /// Makes an empty storage.
    public init(clock: UnixClock = .system) {
        self.clock = clock
    }

    /// Stores a token.
    public func insert(_ token: Token, digest: TokenDigest) async throws {
        let reference = ExactText(token.reference)
        table.withLock { table in
            guard table.references[digest] == nil, table.tokens[reference] == nil else { return }
            table.references[digest] = reference
            table.digests[reference] = digest
            table.tokens[reference] = token
        }
    }

    /// Looks a token up by its clear text.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Looks a token up by its clear text, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        let digest = TokenDigest(secret)
        let token = table.withLock { table in table.references[digest].flatMap { table.tokens[$0] } }
        return TokenVerdict(token, at: clock.now, ifMissing: .unknownToken)
    }

    /// Looks a token up by its reference.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// Looks a token up by its reference, and says why it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        let token = table.withLock { $0.tokens[ExactText(reference)] }
        return TokenVerdict(token, at: clock.now, ifMissing: .revoked)
    }

    /// Revokes a token.
    @discardableResult
    public func delete(reference: String) async throws -> Bool {
        remove { $0.reference.isExactly(reference) } == 1
    }

    /// Revokes all tokens of a user.
    public func deleteAll(of user: String) async throws -> Int {
        remove { $0.user.isExactly(user) }
    }

    /// Removes the tokens that have expired.
    public func deleteExpired() async throws -> Int {
        let now = clock.now
        return remove { $0.isExpired(at: now) }
    }

    private func remove(where matches: (Token) -> Bool) -> Int {
        table.withLock { table in
            let removed = table.tokens.values.filter(matches)
            for token in removed {
                let reference = ExactText(token.reference)
                table.tokens[reference] = nil
                guard let digest = table.digests.removeValue(forKey: reference) else { continue }
                table.references[digest] = nil
            }
            return removed.count
        }
    }

    /// Lists tokens, the oldest first.
    public func list(of user: String?) async throws -> [Token] {
        let tokens = table.withLock { Array($0.tokens.values) }
        return tokens.filter { user.map($0.user.isExactly) ?? true }
            .sorted { left, right in
                guard left.createdAt == right.createdAt else { return left.createdAt < right.createdAt }
                return left.reference.utf8.lexicographicallyPrecedes(right.reference.utf8)
            }
    }
}
#endif
