import CentrifugoProxy
import ProxyPolicy
import ServiceLifecycle
import UnixSignals

/// Reads files and storages again at SIGHUP: the policy, certificates, keys, tokens and the shared secret.
struct ReloadSignal: Service {
    private let server: ProxyServer
    private let rules: PolicyService
    private let signals: UnixSignalsSequence

    /// Starts to listen for the signal.
    init(server: ProxyServer, rules: PolicyService) async {
        self.server = server
        self.rules = rules
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            await rules.reload(server)
        }
    }
}
