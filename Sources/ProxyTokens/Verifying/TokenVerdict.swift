#if Tokens
public import CentrifugoProxy

/// The result of a token's check: the token, or the reason why it is not valid.
public enum TokenVerdict: Sendable, Hashable {
    /// The token is valid.
    case valid(Token)
    /// The token is not valid, for a reason that the access log shows.
    case refused(RefusalReason)

    /// The token, if it is valid.
    public var token: Token? {
        guard case .valid(let token) = self else { return nil }
        return token
    }
}

extension TokenVerdict {
    /// Makes the verdict on a storage's result.
    ///
    /// - Parameters:
    ///   - token: The stored token, which may have expired; nil without one.
    ///   - time: The time now, in unix seconds.
    ///   - reason: The reason when there is no token.
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

    /// Makes the verdict of a lookup, which returns nil for an expired token and throws ``RefusedTokenError`` for
    /// others.
    init(_ lookup: () async throws -> Token?) async throws {
        do {
            self = try await lookup().map { .valid($0) } ?? .refused(.expired)
        } catch let refused as RefusedTokenError {
            self = .refused(refused.reason)
        }
    }
}

/// Thrown when a lookup finds no valid token, to reach all callers that share the lookup.
struct RefusedTokenError: Error {
    let reason: RefusalReason
}

extension TokenVerifier {
    /// The default: an invalid token is unknown.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        try await token(secret).map { .valid($0) } ?? .refused(.unknownToken)
    }

    /// The default: an invalid token is revoked, since it was valid before.
    public func verdict(reference: String) async throws -> TokenVerdict {
        try await token(reference: reference).map { .valid($0) } ?? .refused(.revoked)
    }
}
#endif
