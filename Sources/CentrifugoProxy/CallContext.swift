import GRPCCall
import HTTP2Transport

/// What a handler may want to know of a call beside its request.
public struct CallContext: Sendable {
    /// The event that Centrifugo asks about.
    public let event: ProxyEvent
    /// What Centrifugo sent as gRPC metadata: static metadata, forwarded client headers, credentials.
    public let metadata: Metadata
    /// The address of the machine that connects to us, as `ip:port` or `[ip]:port`.
    ///
    /// `unknown` for a peer on a Unix domain socket.
    public let peerAddress: String
    /// The certificate that the peer presented; nil without mutual TLS.
    public let peerCertificate: PeerCertificate?
    private let deadlineNanoseconds: UInt64?
    var attributes: [ObjectIdentifier: any Sendable]?
    let cleanUps = CleanUps()

    /// Makes a context, for example to call a handler in a test.
    ///
    /// - Parameters:
    ///   - event: The event that is asked about.
    ///   - metadata: What the peer sent as metadata.
    ///   - peerAddress: The peer's address.
    ///   - timeout: The time from now to the deadline.
    public init(
        event: ProxyEvent,
        metadata: Metadata = Metadata(),
        peerAddress: String = "unknown",
        timeout: Duration? = nil
    ) {
        self.init(
            event: event,
            metadata: metadata,
            peerAddress: peerAddress,
            deadline: timeout.map { ServerLoop.clock &+ UInt64(clamping: $0.nanoseconds) }
        )
    }

    init(
        event: ProxyEvent,
        metadata: Metadata,
        peerAddress: String,
        peerCertificate: PeerCertificate? = nil,
        deadline: UInt64?
    ) {
        self.event = event
        self.metadata = metadata
        self.peerAddress = peerAddress
        self.peerCertificate = peerCertificate
        self.deadlineNanoseconds = deadline
    }

    /// The time left until the peer gives up, not below zero; nil when the call has no deadline.
    ///
    /// When it is over the server answers DEADLINE_EXCEEDED by itself and cancels the handler's task.
    public var remainingTime: Duration? {
        guard let deadlineNanoseconds else { return nil }
        let now = ServerLoop.clock
        return deadlineNanoseconds > now ? .nanoseconds(Int64(clamping: deadlineNanoseconds - now)) : .zero
    }

    /// Has `action` done when the call is over.
    ///
    /// That is after the answer is sent, and when there is none because the call was cancelled, but never before the
    /// handler has returned. A subscription's stream is over when its task has ended, too.
    ///
    /// Actions run one after the other, the last one first, where handlers run, in a task that nobody cancels; a shutdown
    /// waits for them as for calls. An action that comes when the call is over runs at once. In a context that was made
    /// by hand, and is no call's, none ever runs.
    public func afterAnswer(_ action: @escaping @Sendable (CallEnd) async -> Void) {
        if let end = cleanUps.add(action) {
            Task { await action(end) }
        }
    }

    /// When the peer gives up; nil when the call has no deadline.
    public var deadline: ContinuousClock.Instant? {
        remainingTime.map { ContinuousClock.now + $0 }
    }
}

extension Duration {
    /// The duration in whole nanoseconds, as far as they can be counted.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
    }
}
