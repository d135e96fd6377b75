import HTTP2Transport
import Logging
import Synchronization

/// The certificates of a running server's listeners.
final class CertificateReloader: Sendable {
    private let contexts = Mutex<[ProxyServer.TLS: TLSContext]>([:])

    /// Reads the certificate files of the listeners; shared ones only once.
    /// - Throws: ``ProxyServerError``, with a sentence that names the file and what to change.
    func load(for listeners: [ProxyServer.Listener], logger: Logger) throws -> [HTTP2Transport.Listener] {
        var loaded: [ProxyServer.TLS: TLSContext] = [:]
        defer { contexts.withLock { [loaded] in $0 = loaded } }
        return try listeners.map { listener in
            guard let tls = listener.tls else { return HTTP2Transport.Listener(listener.address) }
            do {
                let context = try loaded[tls] ?? TLSContext(tls.files, logger: logger)
                loaded[tls] = context
                return HTTP2Transport.Listener(listener.address, tls: context)
            } catch {
                throw ProxyServerError(.badCertificate, "Cannot serve TLS on \(listener.address): \(error).")
            }
        }
    }

    /// Checks for changed files until the task is cancelled.
    func watch(every interval: Duration, logger: Logger) async {
        guard !contexts.withLock({ $0.isEmpty }) else { return }
        while (try? await Task.sleep(for: interval)) != nil {
            for context in contexts.withLock({ Array($0.values) }) { context.reloadIfChanged(logger: logger) }
        }
    }

    /// The certificate files, and when they end, in seconds since 1970.
    var expiries: [(file: String, expiry: Int)] {
        contexts.withLock { $0.values.map { ($0.files.certificateChain, $0.notValidAfter) } }
            .sorted { $0.0 < $1.0 }
    }

    /// Reads the files again.
    /// - Returns: The certificate files that are now in use, and those that cannot be used.
    func reload(logger: Logger) -> (read: [String], kept: [String]) {
        var (read, kept): ([String], [String]) = ([], [])
        for context in contexts.withLock({ Array($0.values) }) {
            let file = context.files.certificateChain
            if context.reload(logger: logger) { read.append(file) } else { kept.append(file) }
        }
        return (read.sorted(), kept.sorted())
    }
}
