#if JWT
import CentrifugoProxy
import ServiceLifecycle

/// Where a verifier's keys come from.
protocol KeySource: Sendable {
    /// The keys that a token may be signed with: those with its name, for its algorithm.
    ///
    /// Brings the keys up to date before, when that is due.
    ///
    /// - Throws: `CancellationError`; `TokenStorageError` when it is unknown which keys there are.
    func checks(for token: SignedToken) async throws -> [SignatureCheck]

    /// Reads the keys again; if they cannot be used, the old ones stay, and the log says so.
    ///
    /// - Returns: Whether the keys that were read are in use.
    func reload() async -> Bool

    /// Keeps the keys up to date until the task is cancelled or the process shuts down.
    func run() async
}

extension KeySource {
    func run() async {
        try? await gracefulShutdown()
    }
}

/// Keys that never change.
struct FixedKeys: KeySource {
    let checks: [SignatureCheck]

    func checks(for token: SignedToken) -> [SignatureCheck] {
        checks.serving(token)
    }

    func reload() -> Bool { true }
}

extension [SignatureCheck] {
    /// The keys that a token may be signed with: those with its name, for its algorithm.
    func serving(_ token: SignedToken) -> [SignatureCheck] {
        filter { check in
            guard let id = check.id, let keyID = token.keyID else { return check.serves(token.algorithm) }
            return check.serves(token.algorithm) && id.isExactly(keyID)
        }
    }
}
#endif
