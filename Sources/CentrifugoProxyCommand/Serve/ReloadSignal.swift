import CentrifugoProxy
import ProxyPolicy
import ServiceLifecycle
import UnixSignals

/// Reads again at SIGHUP what lies in files and storages: the policy, certificates, keys, tokens and the shared secret.
struct ReloadSignal: Service {
    private let server: ProxyServer
    private let rules: PolicyService
    private let signals: UnixSignalsSequence

    /// Listens from now on.
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
