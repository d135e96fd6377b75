import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the server: gracefully at the first SIGTERM or SIGINT, and at once at the second, while it waits for open
/// calls.
///
/// A `ServiceGroup` that listens itself ignores all signals but the first, and two listeners for one signal cannot tell
/// whether it was sent once or twice.
struct ShutdownSignals {
    private let signals: UnixSignalsSequence
    private let logger: Logger
    private let log: LogWriter

    /// Starts to listen for signals.
    ///
    /// - Parameters:
    ///   - logger: Receives the line of a second signal.
    ///   - log: Is flushed before the process ends.
    init(logger: Logger, log: LogWriter) async {
        self.log = log
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        self.logger = logger.printable
    }

    /// Waits for signals; returns only when the task is cancelled.
    func end(_ group: ServiceGroup) async {
        var isFirst = true
        for await signal in signals {
            if isFirst {
                isFirst = false
                await group.triggerGracefulShutdown()
            } else {
                logger.warning("a second signal ends the server at once", metadata: ["signal": "\(signal)"])
                log.flush()
                // Not exit, which would wait for running tasks; the status is 128 + number, as in shells.
                _exit(128 + signal.rawValue)
            }
        }
    }
}
