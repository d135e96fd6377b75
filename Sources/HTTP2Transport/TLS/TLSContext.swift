package import Logging
import NIOConcurrencyHelpers
import NIOSSL

/// What new connections of a TLS listener use: made of files, and made anew when they change.
///
/// Connections that are open keep the certificate they began with.
package final class TLSContext: Sendable {
    private struct State {
        var context: NIOSSLContext
        var fingerprint: TLSFiles.Fingerprint
    }

    package let files: TLSFiles
    private let state: NIOLockedValueBox<State>

    /// Reads the files.
    /// - Throws: ``TLSFileError``.
    package init(_ files: TLSFiles, logger: Logger) throws(TLSFileError) {
        self.files = files
        // Before the files are read: what changes meanwhile is then seen as a change.
        let fingerprint = TLSFiles.Fingerprint(files)
        state = NIOLockedValueBox(State(context: try files.makeContext(logger: logger), fingerprint: fingerprint))
    }

    var current: NIOSSLContext { state.withLockedValue { $0.context } }

    /// Reads the files again if they are not those that were read last; files that cannot be used change nothing.
    package func reloadIfChanged(logger: Logger) {
        guard TLSFiles.Fingerprint(files) != state.withLockedValue({ $0.fingerprint }) else { return }
        reload(logger: logger)
    }

    /// Reads the files again; files that cannot be used change nothing.
    /// - Returns: Whether they are served now.
    @discardableResult
    package func reload(logger: Logger) -> Bool {
        let fingerprint = TLSFiles.Fingerprint(files)
        do {
            let context = try files.makeContext(logger: logger)
            state.withLockedValue { $0 = State(context: context, fingerprint: fingerprint) }
            logger.notice("reloaded the certificate", metadata: ["certificate": "\(files.certificateChain)"])
            return true
        } catch {
            // Said once for these files: the next change is the next try.
            state.withLockedValue { $0.fingerprint = fingerprint }
            logger.error("kept the old certificate, since the new one cannot be used: \(error)")
            return false
        }
    }
}
