import GRPCCall
import HTTP2Transport
import Logging
import Metrics

/// Checks the shared secret of each call, and counts those that do not have it.
struct Doorkeeper: Sendable {
    private let secret: SharedSecret?
    private let refused = Counter(label: "centrifugo_proxy_unauthenticated_calls")
    private let throttle = LogThrottle()

    init(secret: SharedSecret?) {
        self.secret = secret
    }

    /// The status that refuses a call; nil when it may come in.
    func refusal(of metadata: Metadata, peerAddress: String, logger: Logger) -> GRPCStatus? {
        guard let secret, !secret.accepts(metadata) else { return nil }
        refused.increment()
        throttle.warn(
            logger,
            "a call without the shared secret is refused; compare credentials_key and credentials_value in Centrifugo",
            metadata: ["peer": "\(peerAddress)"]
        )
        return GRPCStatus(.unauthenticated, "the credentials are missing or wrong")
    }
}
