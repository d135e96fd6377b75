import Foundation
import Logging
import UnixSignals

/// Ends the process when a second SIGTERM or SIGINT comes, while open calls are waited for.
///
/// A `ServiceGroup` begins the shutdown at the first one and ignores all others.
struct SecondSignal {
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// Listens from now on.
    init(logger: Logger) async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        self.logger = logger
    }

    /// Waits for the second signal; returns only when the task is cancelled.
    func end() async {
        for await signal in signals.dropFirst() {
            logger.warning("a second signal ends the server at once", metadata: ["signal": "\(signal)"])
            // Not exit, which would wait for what still runs; 128 + number, as shells count it.
            _exit(128 + signal.rawValue)
        }
    }
}
