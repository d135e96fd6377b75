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

    /// Starts to listen for the signals.
    init(server: ProxyServer, rules: PolicyService, admin: AdminServer?, log: LogWriter) async {
        self.admin = admin
        self.server = server
        self.rules = rules
        self.log = log
        signals = await UnixSignalsSequence(trapping: .sighup, .sigusr1)
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
