import CentrifugoProxy
import ServiceLifecycle
import UnixSignals

/// Reads the certificate files again at SIGHUP.
struct ReloadSignal: Service {
    private let server: ProxyServer
    private let signals: UnixSignalsSequence

    /// Listens from now on.
    init(server: ProxyServer) async {
        self.server = server
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            server.reloadCertificates()
        }
    }
}
