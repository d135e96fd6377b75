import Logging

/// What a server says in its log about peers, at most one line of a kind in ten seconds.
final class PeerReports: Sendable {
    let logger: Logger
    private let foreignProtocol = LogThrottle()
    private let failedHandshake = LogThrottle()
    private let tooManyConnections = LogThrottle()
    private let failedAccept = LogThrottle()

    init(logger: Logger) {
        self.logger = logger
    }

    func speaks(_ foreign: ForeignProtocol, onTLSPort: Bool, peer: String) {
        foreignProtocol.warn(logger, "\(foreign.report(onTLSPort: onTLSPort))", metadata: ["peer": "\(peer)"])
    }

    func handshakeFailed(_ reason: String, peer: String) {
        failedHandshake.warn(logger, "a peer's TLS handshake failed: \(reason)", metadata: ["peer": "\(peer)"])
    }

    func isOneTooMany(limit: Int, peer: String) {
        tooManyConnections.warn(
            logger,
            "a connection is closed, since there are as many as maxConnections allows",
            metadata: ["peer": "\(peer)", "limit": "\(limit)"]
        )
    }

    func acceptFailed(_ error: any Error) {
        failedAccept.warn(
            logger,
            "connections cannot be accepted; if descriptors ran out, raise the limit of open files (ulimit -n)",
            metadata: ["error": "\(error)"]
        )
    }
}
