#if Tokens
public import CentrifugoProxy

/// What a verifier says of a token: whose it is, or why it is not valid.
public enum TokenVerdict: Sendable, Hashable {
    /// The token is valid.
    case valid(Token)
    /// It is not, for a reason that the access log has.
    case refused(RefusalReason)

    /// The token, when it is valid.
    public var token: Token? {
        guard case .valid(let token) = self else { return nil }
        return token
    }
}

extension TokenVerdict {
    /// What a storage found.
    ///
    /// - Parameters:
    ///   - token: The kept token, which may have expired; nil when there is none.
    ///   - time: The time now, in unix seconds.
    ///   - reason: What it means that there is none.
    package init(_ token: Token?, at time: Int64, ifMissing reason: RefusalReason) {
        self = token.map { $0.isExpired(at: time) ? .refused(.expired) : .valid($0) } ?? .refused(reason)
    }

    /// The valid token.
    /// - Throws: ``RefusedTokenError`` when it is not valid.
    func get() throws(RefusedTokenError) -> Token {
        switch self {
        case .valid(let token): return token
        case .refused(let reason): throw RefusedTokenError(reason: reason)
        }
    }

    /// What a lookup comes to that returns nil for an expired token, and throws ``RefusedTokenError`` for others.
    init(_ lookup: () async throws -> Token?) async throws {
        do {
            self = try await lookup().map { .valid($0) } ?? .refused(.expired)
        } catch let refused as RefusedTokenError {
            self = .refused(refused.reason)
        }
    }
}

/// That a lookup found no valid token, on its way through those that share the lookup.
struct RefusedTokenError: Error {
    let reason: RefusalReason
}

extension TokenVerifier {
    /// Unknown, when the verifier does not say more.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        try await token(secret).map { .valid($0) } ?? .refused(.unknownToken)
    }

    /// Revoked, when the verifier does not say more: it was valid before.
    public func verdict(reference: String) async throws -> TokenVerdict {
        try await token(reference: reference).map { .valid($0) } ?? .refused(.revoked)
    }
}
#endif
