package import Logging
import NIOConcurrencyHelpers
package import NIOCore

/// The TLS context for new connections of a listener; it is read from files, and read again when they change.
///
/// Open connections keep the certificate that they began with.
package final class TLSContext: Sendable {
    private struct State {
        var context: TLSLibraryContext
        var notValidAfter: Int
        var fingerprint: TLSFiles.Fingerprint
    }

    package let files: TLSFiles
    private let state: NIOLockedValueBox<State>

    /// Reads the files.
    /// - Throws: ``TLSFileError``.
    package init(_ files: TLSFiles, logger: Logger) throws(TLSFileError) {
        self.files = files
        // Before the files are read, so that a change made meanwhile is still noticed.
        let fingerprint = TLSFiles.Fingerprint(files)
        let (context, end) = try files.makeContext(logger: logger)
        state = NIOLockedValueBox(State(context: context, notValidAfter: end, fingerprint: fingerprint))
    }

    /// When the server's certificate ends, in seconds since 1970.
    package var notValidAfter: Int { state.withLockedValue { $0.notValidAfter } }

    /// The handler of a new connection, with the current certificate.
    package func makeServerHandler() -> any ChannelHandler {
        state.withLockedValue { $0.context }.makeServerHandler()
    }

    /// Reads the files again if they have changed; keeps the current certificate if the new files cannot be used.
    package func reloadIfChanged(logger: Logger) {
        guard TLSFiles.Fingerprint(files) != state.withLockedValue({ $0.fingerprint }) else { return }
        reload(logger: logger)
    }

    /// Reads the files again; keeps the current certificate if they cannot be used.
    /// - Returns: Whether the new files are now in use.
    @discardableResult
    package func reload(logger: Logger) -> Bool {
        let fingerprint = TLSFiles.Fingerprint(files)
        do {
            let (context, end) = try files.makeContext(logger: logger)
            state.withLockedValue { $0 = State(context: context, notValidAfter: end, fingerprint: fingerprint) }
            logger.notice("reloaded the certificate", metadata: ["certificate": "\(files.certificateChain)"])
            return true
        } catch {
            // Report these files only once; the next change triggers the next attempt.
            state.withLockedValue { $0.fingerprint = fingerprint }
            logger.error("kept the old certificate, since the new one cannot be used: \(error)")
            return false
        }
    }
}
