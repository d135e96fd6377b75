import HTTP2Framing
import Logging

/// Logs what peers do wrong, with at most one line of a kind in ten seconds.
final class PeerReports: Sendable {
    let logger: Logger
    private let foreignProtocol = LogThrottle()
    private let failedHandshake = LogThrottle()
    private let tooManyConnections = LogThrottle()
    private let failedAccept = LogThrottle()
    private let endedConnection = LogThrottle()
    private let manyStreams = LogThrottle()
    private let malformedRequest = LogThrottle()

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
            "closed a connection: maxConnections allows no more",
            metadata: ["peer": "\(peer)", "limit": "\(limit)"]
        )
    }

    /// Reports that this side ended a connection because its peer broke the protocol.
    func ended(_ code: HTTP2ErrorCode, reason: String?, peer: String) {
        let reason = reason.map { ": \($0)" } ?? ""
        endedConnection.warn(
            logger,
            "a connection is ended with \(code)\(reason)",
            metadata: ["peer": "\(peer)"]
        )
    }

    /// Reports that a call was reset because its request is malformed.
    func reset(for fault: HTTP2RequestFault, peer: String) {
        switch fault {
        case .connectionField(let name):
            malformedRequest.warn(
                logger,
                "a call is reset for a field that HTTP/2 forbids; take it out of the proxy's http_headers in Centrifugo",
                metadata: ["peer": "\(peer)", "field": "\(name)"]
            )
        case .other(let reason):
            malformedRequest.warn(
                logger,
                "a call is reset, since its request is malformed: \(reason)",
                metadata: ["peer": "\(peer)"]
            )
        }
    }

    func nearsStreamLimit(_ open: Int, limit: UInt32, peer: String) {
        manyStreams.warn(
            logger,
            "a connection has nine tenths of the streams that maxConcurrentStreams allows; above, its users wait",
            metadata: ["peer": "\(peer)", "streams": "\(open)", "limit": "\(limit)"]
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
