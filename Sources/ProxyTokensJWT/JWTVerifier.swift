#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import CentrifugoProxy
public import Logging
public import ProxyTokens
import Synchronization

/// Checks tokens by their signatures: another service issues them, and no storage keeps them.
///
/// The user is the token's `sub`. A signed token cannot be revoked: it is valid until it expires, so let that be soon.
public final class JWTVerifier: TokenVerifier {
    private struct State {
        var checks: [SignatureCheck]
        var stamp: JWTKeyFile.Stamp?
        var lookedAt: ContinuousClock.Instant
    }

    private let configuration: Configuration
    private let clock: UnixClock
    private let logger: Logger?
    private let file: JWTKeyFile?
    private let checkInterval: Duration
    private let state: Mutex<State>
    private let looks = SingleFlight<Bool, Void>()

    /// Makes a verifier with fixed keys.
    ///
    /// - Parameters:
    ///   - keys: The keys that tokens may be signed with.
    ///   - configuration: What tokens must contain.
    ///   - clock: The clock for their expiry.
    /// - Throws: ``JWTKeyError`` when there are no keys.
    public init(keys: [JWTKey], configuration: Configuration = Configuration(), clock: UnixClock = .system) async throws
    {
        guard !keys.isEmpty else { throw JWTKeyError("Signed tokens need at least one key.") }
        var checks: [SignatureCheck] = []
        for key in keys { checks.append(try await SignatureCheck(key)) }
        self.configuration = configuration
        self.clock = clock
        logger = nil
        file = nil
        checkInterval = .zero
        state = Mutex(State(checks: checks, stamp: nil, lookedAt: .now))
    }

    /// Makes a verifier with the keys of a file, which may change.
    ///
    /// - Parameters:
    ///   - keyFile: The name of a file with a set of keys (JWKS, RFC 7517 §5).
    ///   - checkInterval: How often to check whether the file has changed. A token with an unknown `kid` also triggers
    ///     a check, at most once a second.
    ///   - configuration: What tokens must contain.
    ///   - clock: The clock for their expiry.
    ///   - logger: Receives lines about ignored keys, and about a changed file that cannot be used.
    /// - Throws: ``JWTKeyError`` when the file has no key that can be used.
    public init(
        keyFile: String,
        checkInterval: Duration = .seconds(10),
        configuration: Configuration = Configuration(),
        clock: UnixClock = .system,
        logger: Logger
    ) async throws {
        let file = JWTKeyFile(path: keyFile)
        let (checks, stamp) = try await file.read(logger: logger)
        self.configuration = configuration
        self.clock = clock
        self.logger = logger.printable
        self.file = file
        self.checkInterval = checkInterval
        state = Mutex(State(checks: checks, stamp: stamp, lookedAt: .now))
    }

    /// Checks a signed token.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Checks a signed token, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        guard let signed = SignedToken(secret.text) else { return .refused(.unknownToken) }
        try await look(after: checkInterval)
        var checks = checks(for: signed)
        if checks.isEmpty {
            try await look(after: max(checkInterval, .zero) < .seconds(1) ? checkInterval : .seconds(1))
            checks = self.checks(for: signed)
        }
        guard checks.contains(where: { $0.accepts(signed.signature, of: signed.signed, by: signed.algorithm) }) else {
            return .refused(.badSignature)
        }
        guard let claims = try? JSONDecoder().decode(SignedClaims.self, from: Data(signed.payload)) else {
            return .refused(.unknownToken)
        }
        return try verdict(claims)
    }

    /// Reads the content of a signed token from its reference, and checks whether it is still valid.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// The same, with the reason if it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        TokenVerdict(JWTReference.token(reference), at: clock.now, ifMissing: .unknownToken)
    }

    /// Reads the key file again; if it cannot be used, the old keys stay, and the log names the file.
    ///
    /// - Returns: Whether the file's keys are in use now.
    @discardableResult
    public func reload() async -> Bool {
        guard let file, let logger else { return true }
        do {
            let (checks, stamp) = try await file.read(logger: logger)
            state.withLock { state in
                state.checks = checks
                state.stamp = stamp
            }
            return true
        } catch {
            logger.error("\(error) The previous keys stay in use.")
            return false
        }
    }

    /// Reads the key file if it has changed, unless it was checked less than `interval` ago.
    private func look(after interval: Duration) async throws {
        guard let file, state.withLock({ $0.lookedAt.duration(to: .now) >= interval }) else { return }
        // In a task of its own: the caller may be on an event loop, which must not wait for a disk.
        try await looks.value(for: true) { [self] in
            let stamp = file.stamp
            let hasChanged = state.withLock { state in
                defer {
                    state.stamp = stamp
                    state.lookedAt = .now
                }
                return state.stamp != stamp
            }
            if hasChanged { await reload() }
        }
    }

    /// The keys that a token may be signed with: those with its name, for its algorithm.
    private func checks(for signed: SignedToken) -> [SignatureCheck] {
        state.withLock { state in
            state.checks.filter { check in
                guard let id = check.id, let keyID = signed.keyID else { return check.serves(signed.algorithm) }
                return check.serves(signed.algorithm) && id.isExactly(keyID)
            }
        }
    }

    private func verdict(_ claims: SignedClaims) throws -> TokenVerdict {
        let now = clock.now
        let (leeway, _) = configuration.leeway.components
        guard let user = claims.text(configuration.userClaim), !user.isEmpty else { return .refused(.unknownToken) }
        if let issuer = configuration.issuer, claims.issuer?.isExactly(issuer) != true { return .refused(.wrongIssuer) }
        let audiences = configuration.audiences
        guard audiences.isEmpty || audiences.contains(where: { claims.audience?.containsExactly($0) == true }) else {
            return .refused(.wrongAudience)
        }
        guard claims.expiration != nil || !configuration.requiresExpiration,
            claims.notBefore ?? .min <= now.saturatingAdd(leeway)
        else { return .refused(.expired) }
        let expireAt = claims.expiration?.saturatingAdd(leeway)
        let roles = claims.list(configuration.rolesClaim)
        let token = Token(
            reference: try JWTReference.text(user: user, roles: roles, expireAt: expireAt),
            user: user,
            roles: roles,
            claims: configuration.claims.reduce(into: [:]) { $0[$1] = claims.text($1) },
            createdAt: claims.issuedAt ?? 0,
            expireAt: expireAt
        )
        return TokenVerdict(token, at: now, ifMissing: .unknownToken)
    }
}

extension Int64 {
    fileprivate func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
#endif
