import CentrifugoProxy
import ProxyAdmin
import ProxyPolicy
import ServiceLifecycle
import UnixSignals

/// Reads files and storages again at SIGHUP: the policy, certificates, keys, tokens and the shared secret; opens the log file
/// again at SIGHUP and at SIGUSR1.
struct ReloadSignals: Service {
    private let server: ProxyServer
    private let rules: PolicyService
    private let admin: AdminServer?
    private let log: LogWriter
    private let signals: UnixSignalsSequence

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - signals: What ``listen()`` has returned.
    ///   - server: The server, for its certificates and its secret.
    ///   - rules: Read again.
    ///   - admin: The listener for operators.
    ///   - log: Opened again.
    init(
        _ signals: UnixSignalsSequence,
        server: ProxyServer,
        rules: PolicyService,
        admin: AdminServer?,
        log: LogWriter
    ) {
        self.signals = signals
        self.admin = admin
        self.server = server
        self.rules = rules
        self.log = log
    }

    /// Starts to listen for the signals: before the first file is opened, so that no rotation is missed, and since they would
    /// end the process otherwise.
    static func listen() async -> UnixSignalsSequence {
        await UnixSignalsSequence(trapping: .sighup, .sigusr1)
    }

    func run() async throws {
        for await signal in signals.cancelOnGracefulShutdown() {
            // First, so that the lines of the reload are in the new file.
            log.reopen()
            guard signal == .sighup else { continue }
            await rules.reload(server, admin: admin)
        }
    }
}
