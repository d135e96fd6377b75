#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import CentrifugoProxy
import HTTP2Transport
public import Logging
public import ProxyTokens
public import ServiceLifecycle

/// Checks tokens by their signatures: another service issues them, and no storage keeps them.
///
/// The user is the token's `sub`. A signed token cannot be revoked: it is valid until it expires, so let that be soon.
///
/// As a service, a verifier with the keys of a URL fetches them before they are needed; see
/// ``init(keySetURL:allowsPlainHTTP:certificateAuthorities:configuration:clock:logger:)``. List it before the server: a
/// `ServiceGroup` ends services in reverse order.
public final class JWTVerifier: TokenVerifier, Service {
    private let configuration: Configuration
    private let clock: UnixClock
    private let logger: Logger?
    private let throttle = LogThrottle()
    let keys: any KeySource

    /// Makes a verifier with fixed keys.
    ///
    /// - Parameters:
    ///   - keys: The keys that tokens may be signed with.
    ///   - configuration: What tokens must contain.
    ///   - clock: The clock for their expiry.
    ///   - logger: Receives lines about claims that cannot be used.
    /// - Throws: ``JWTKeyError`` when there are no keys.
    public convenience init(
        keys: [JWTKey],
        configuration: Configuration = Configuration(),
        clock: UnixClock = .system,
        logger: Logger? = nil
    ) async throws {
        guard !keys.isEmpty else { throw JWTKeyError("Signed tokens need at least one key.") }
        var checks: [SignatureCheck] = []
        for key in keys { checks.append(try await SignatureCheck(key)) }
        self.init(FixedKeys(checks: checks), configuration: configuration, clock: clock, logger: logger)
    }

    /// Makes a verifier with the keys of a file, which may change.
    ///
    /// - Parameters:
    ///   - keyFile: The name of a file with a set of keys (JWKS, RFC 7517 §5).
    ///   - checkInterval: How often to check whether the file has changed. A token with an unknown `kid` also triggers
    ///     a check, at most once a second.
    ///   - configuration: What tokens must contain.
    ///   - clock: The clock for their expiry.
    ///   - logger: Receives lines about ignored keys, about a changed file that cannot be used, and about claims that
    ///     cannot be used.
    /// - Throws: ``JWTKeyError`` when the file has no key that can be used.
    public convenience init(
        keyFile: String,
        checkInterval: Duration = .seconds(10),
        configuration: Configuration = Configuration(),
        clock: UnixClock = .system,
        logger: Logger
    ) async throws {
        let keys = try await WatchedKeyFile(path: keyFile, checkInterval: checkInterval, logger: logger)
        self.init(keys, configuration: configuration, clock: clock, logger: logger)
    }

    init(_ keys: any KeySource, configuration: Configuration, clock: UnixClock, logger: Logger?) {
        self.keys = keys
        self.logger = logger?.printable
        self.configuration = configuration
        self.clock = clock
    }

    /// Checks a signed token.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Checks a signed token, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        guard let signed = SignedToken(secret.text) else { return .refused(.unknownToken) }
        let checks = try await keys.checks(for: signed)
        guard checks.contains(where: { $0.accepts(signed.signature, of: signed.signed, by: signed.algorithm) }) else {
            return .refused(.badSignature)
        }
        guard let claims = try? JSONDecoder().decode(SignedClaims.self, from: Data(signed.payload)) else {
            return .refused(.unknownToken)
        }
        return try verdict(claims, signed.payload)
    }

    /// Reads the content of a signed token from its reference, and checks whether it is still valid.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// The same, with the reason if it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        TokenVerdict(JWTReference.token(reference), at: clock.now, ifMissing: .unknownToken)
    }

    /// Reads the keys of a file or a URL again; if they cannot be used, the old keys stay, and the log says why.
    ///
    /// - Returns: Whether the keys that were read are in use now.
    @discardableResult
    public func reload() async -> Bool {
        await keys.reload()
    }

    /// Keeps the keys up to date until a graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [keys] in await keys.run() }
    }

    private func verdict(_ claims: SignedClaims, _ payload: [UInt8]) throws -> TokenVerdict {
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
        var expireAt = claims.expiration?.saturatingAdd(leeway)
        var connection: TokenConnection?
        if configuration.readsCentrifugoClaims {
            if let expireAt, expireAt <= now { return .refused(.expired) }
            do throws(JSONFieldError) {
                let own = try CentrifugoClaims(payload, reserved: configuration.reservedMetaNames)
                connection = own.connection
                if let end = own.expireAt { expireAt = end > 0 ? end : nil }
            } catch {
                if let logger {
                    throttle.warn(logger, "a token has a claim that cannot be used", metadata: ["error": "\(error)"])
                }
                return .refused(.badClaims)
            }
        }
        let roles = claims.list(configuration.rolesClaim)
        let token = Token(
            reference: try JWTReference.text(user: user, roles: roles, expireAt: expireAt),
            user: user,
            roles: roles,
            claims: configuration.claims.reduce(into: [:]) { $0[$1] = claims.text($1) },
            createdAt: claims.issuedAt ?? 0,
            expireAt: expireAt,
            connection: connection
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
