import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the server: gracefully at the first SIGTERM or SIGINT, and at once at the second, while open calls are waited for.
///
/// A `ServiceGroup` that listens itself ignores all but the first, and two listeners for one signal cannot tell one that
/// came twice from one that came once.
struct ShutdownSignals {
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// Listens from now on.
    init(logger: Logger) async {
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
                // Not exit, which would wait for what still runs; 128 + number, as shells count it.
                _exit(128 + signal.rawValue)
            }
        }
    }
}
