package import HTTP2Transport
package import Logging
package import MetricsExposition
import Synchronization

/// The certificates of running listeners.
package final class CertificateReloader: Sendable {
    private let contexts = Mutex<[TLSFiles: TLSContext]>([:])

    package init() {}

    /// Reads the certificate files of the listeners; shared ones only once.
    /// - Throws: ``ProxyServerError``, with a sentence that names the file and what to change.
    func load(for listeners: [ProxyServer.Listener], logger: Logger) throws -> [HTTP2Transport.Listener] {
        var loaded: [TLSFiles: TLSContext] = [:]
        return try listeners.map { listener in
            guard let files = listener.tls?.files else { return HTTP2Transport.Listener(listener.address) }
            do {
                let context = try loaded[files] ?? load(files, logger: logger)
                loaded[files] = context
                return HTTP2Transport.Listener(listener.address, tls: context)
            } catch {
                throw ProxyServerError(.badCertificate, "Cannot serve TLS on \(listener.address): \(error).")
            }
        }
    }

    /// Reads certificate files, in place of those of the same names that were read before.
    /// - Throws: ``TLSFileError``.
    package func load(_ files: TLSFiles, logger: Logger) throws(TLSFileError) -> TLSContext {
        let context = try TLSContext(files, logger: logger)
        contexts.withLock { $0[files] = context }
        return context
    }

    /// Checks for changed files until the task is cancelled.
    package func watch(every interval: Duration, logger: Logger) async {
        guard !contexts.withLock({ $0.isEmpty }) else { return }
        while (try? await Task.sleep(for: interval)) != nil {
            for context in contexts.withLock({ Array($0.values) }) { context.reloadIfChanged(logger: logger) }
        }
    }

    /// When the certificates end; without series when there are none.
    package var family: MetricFamily {
        let expiries = contexts.withLock { $0.values.map { ($0.files.certificateChain, $0.notValidAfter) } }
            .sorted { $0.0 < $1.0 }
        return MetricFamily(
            "centrifugo_proxy_certificate_expiry_timestamp_seconds",
            .gauge,
            help: "When the certificate of a listener ends, in seconds since 1970.",
            unit: "seconds",
            series: expiries.map { file, expiry in
                MetricFamily.Series([MetricLabel("file", file)], .number(Double(expiry)))
            }
        )
    }

    /// Reads the files again.
    /// - Returns: The certificate files that are now in use, and those that cannot be used.
    package func reload(logger: Logger) -> (read: [String], kept: [String]) {
        var (read, kept): ([String], [String]) = ([], [])
        for context in contexts.withLock({ Array($0.values) }) {
            let file = context.files.certificateChain
            if context.reload(logger: logger) { read.append(file) } else { kept.append(file) }
        }
        return (read.sorted(), kept.sorted())
    }
}
