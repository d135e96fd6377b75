#if JWT && HTTPBridge
public import Logging
public import ProxyTokens

extension JWTVerifier {
    /// Makes a verifier with the keys at a URL, which another service may change at any time.
    ///
    /// Nothing is fetched here, so that a server starts while the other service is down. Until the first keys arrive,
    /// every token fails with `TokenStorageError`, after which SDKs connect again. Run the verifier as a service: it
    /// fetches the keys at once, after four fifths of their lifetime, and after a failure in 5 seconds, then twice as
    /// long, up to a minute. Without that, the first token that needs keys causes a fetch, and so does one after that
    /// time.
    ///
    /// A token with an unknown `kid` causes a fetch and waits for it. There is at most one fetch in 5 seconds, however
    /// many tokens ask for it, and it may take 5 seconds and 1 MiB. Redirects are not followed. The old keys stay when
    /// a fetch fails. Shared secrets in the set are ignored, since everybody can read them.
    ///
    /// The lifetime is the `max-age` of the answer's `Cache-Control`, from a minute to a day; 10 minutes without one.
    ///
    /// - Parameters:
    ///   - keySetURL: The URL of a set of keys (JWKS, RFC 7517 §5): `https`, or `http` if that is allowed.
    ///   - allowsPlainHTTP: Whether `http` is allowed. Anyone on the way can then replace the keys.
    ///   - certificateAuthorities: A PEM file of the CAs that may have issued the server's certificate; nil for those
    ///     of the system.
    ///   - configuration: What tokens must contain.
    ///   - clock: The clock for their expiry.
    ///   - logger: Receives lines about fetches, ignored keys, and claims that cannot be used.
    /// - Throws: ``JWTKeyError`` when the URL or the file cannot be used.
    public convenience init(
        keySetURL: String,
        allowsPlainHTTP: Bool = false,
        certificateAuthorities: String? = nil,
        configuration: Configuration = Configuration(),
        clock: UnixClock = .system,
        logger: Logger
    ) throws(JWTKeyError) {
        try self.init(
            keySetURL: keySetURL,
            allowsPlainHTTP: allowsPlainHTTP,
            certificateAuthorities: certificateAuthorities,
            replacing: nil,
            configuration: configuration,
            clock: clock,
            refreshClock: .system,
            logger: logger
        )
    }

    /// The same, with the keys of a verifier for the same URL until others arrive.
    package convenience init(
        keySetURL: String,
        allowsPlainHTTP: Bool,
        certificateAuthorities: String?,
        replacing old: JWTVerifier?,
        configuration: Configuration,
        logger: Logger
    ) throws(JWTKeyError) {
        try self.init(
            keySetURL: keySetURL,
            allowsPlainHTTP: allowsPlainHTTP,
            certificateAuthorities: certificateAuthorities,
            replacing: old,
            configuration: configuration,
            clock: .system,
            refreshClock: .system,
            logger: logger
        )
    }

    convenience init(
        keySetURL: String,
        allowsPlainHTTP: Bool = false,
        certificateAuthorities: String?,
        replacing old: JWTVerifier? = nil,
        configuration: Configuration = Configuration(),
        clock: UnixClock,
        refreshClock: RefreshClock,
        logger: Logger
    ) throws(JWTKeyError) {
        let keys = try RemoteKeySet(
            KeySetURL(keySetURL, allowsPlainHTTP: allowsPlainHTTP),
            authorities: certificateAuthorities,
            replacing: old?.keys as? RemoteKeySet,
            clock: refreshClock,
            logger: logger
        )
        self.init(keys, configuration: configuration, clock: clock, logger: logger)
    }

    /// Fetches the keys of a URL if there are none.
    ///
    /// - Throws: ``JWTKeyError``, with a sentence that names the URL and what is wrong.
    package func requireKeys() async throws {
        guard let keys = keys as? RemoteKeySet, !keys.hasKeys else { return }
        do {
            try await keys.requireKeys()
        } catch let problem as JWTKeyError {
            throw JWTKeyError("The keys of '\(keys.url.shown)' cannot be fetched: \(problem).")
        }
    }
}
#endif
