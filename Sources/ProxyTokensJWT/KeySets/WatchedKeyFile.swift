#if JWT
import CentrifugoProxy
import Logging
import ProxyTokens
import Synchronization

/// The keys of a file that may change.
final class WatchedKeyFile: KeySource {
    private struct State {
        var checks: [SignatureCheck]
        var stamp: JWTKeyFile.Stamp?
        var lookedAt: ContinuousClock.Instant
    }

    private let file: JWTKeyFile
    private let checkInterval: Duration
    private let logger: Logger
    private let state: Mutex<State>
    private let looks = SingleFlight<Bool, Void>()

    /// Reads the file.
    ///
    /// - Throws: ``JWTKeyError`` when it has no key that can be used.
    init(path: String, checkInterval: Duration, logger: Logger) async throws {
        let file = JWTKeyFile(path: path)
        let (checks, stamp) = try await file.read(logger: logger)
        self.file = file
        self.checkInterval = checkInterval
        self.logger = logger.printable
        state = Mutex(State(checks: checks, stamp: stamp, lookedAt: .now))
    }

    func checks(for token: SignedToken) async throws -> [SignatureCheck] {
        try await look(after: checkInterval)
        let checks = state.withLock { $0.checks.serving(token) }
        guard checks.isEmpty else { return checks }
        try await look(after: max(checkInterval, .zero) < .seconds(1) ? checkInterval : .seconds(1))
        return state.withLock { $0.checks.serving(token) }
    }

    func reload() async -> Bool {
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
        guard state.withLock({ $0.lookedAt.duration(to: .now) >= interval }) else { return }
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
            if hasChanged { _ = await reload() }
        }
    }
}
#endif
