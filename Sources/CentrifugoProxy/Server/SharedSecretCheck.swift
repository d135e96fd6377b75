import GRPCCall
import HTTP2Transport
import Logging
import Metrics
import Synchronization

/// Checks the shared secret of each call, and counts the calls without it.
struct SharedSecretCheck: Sendable {
    private let secret: CurrentSecret?
    private let refused = Counter(label: "centrifugo_proxy_unauthenticated_calls")
    private let throttle = LogThrottle()

    init(secret: CurrentSecret?) {
        self.secret = secret
    }

    /// Changes with the secret: calls that an earlier version accepted must be checked again.
    var version: UInt64 { secret?.version ?? 0 }

    /// The status that refuses a call; nil to accept it.
    func refusal(of metadata: Metadata, peerAddress: String, logger: Logger) -> GRPCStatus? {
        guard let secret, !secret.current.accepts(metadata) else { return nil }
        refused.increment()
        throttle.warn(
            logger,
            "refused a call without the shared secret; check credentials_key and credentials_value in Centrifugo",
            metadata: ["peer": "\(peerAddress)"]
        )
        return GRPCStatus(.unauthenticated, "the credentials are missing or wrong")
    }
}

/// The shared secret of a server, which can be replaced but not removed.
final class CurrentSecret: Sendable {
    private let secret: Mutex<SharedSecret>
    private let changes = Atomic<UInt64>(0)

    init(_ secret: SharedSecret) {
        self.secret = Mutex(secret)
    }

    var current: SharedSecret { secret.withLock { $0 } }

    /// Read it before ``current``: what `current` accepts then belongs to this version or to a later one.
    var version: UInt64 { changes.load(ordering: .acquiring) }

    func replace(by other: SharedSecret) {
        secret.withLock { secret in
            secret = other
            changes.add(1, ordering: .releasing)
        }
    }
}
