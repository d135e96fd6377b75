import GRPCCall
import HTTP2Transport

/// What a handler may want to know of a call beside its request.
public struct CallContext: Sendable {
    // One reference for all that copies share: a context is copied several times on its way to the handler.
    let call: CallRecord
    var attributes: [ObjectIdentifier: any Sendable]?

    /// The event that Centrifugo asks about.
    public var event: ProxyEvent { call.event }
    /// What Centrifugo sent as gRPC metadata: static metadata, forwarded client headers, credentials.
    public var metadata: Metadata { call.metadata.values }
    /// The address of the machine that connects to us, as `ip:port` or `[ip]:port`.
    ///
    /// `unknown` for a peer on a Unix domain socket.
    public var peerAddress: String { call.peer.address }
    /// The certificate that the peer presented; nil without mutual TLS.
    public var peerCertificate: PeerCertificate? { call.peer.certificate }

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

    init(event: ProxyEvent, metadata: Metadata, peerAddress: String, deadline: UInt64?) {
        let peer = Peer(address: peerAddress, certificate: nil)
        self.init(CallRecord(event: event, metadata: SharedMetadata(metadata), peer: peer, deadline: deadline))
    }

    init(_ call: CallRecord) {
        self.call = call
    }

    /// The time left until the peer gives up, not below zero; nil when the call has no deadline.
    ///
    /// When it is over the server answers DEADLINE_EXCEEDED by itself and cancels the handler's task.
    public var remainingTime: Duration? {
        guard let deadline = call.deadline else { return nil }
        let now = ServerLoop.clock
        return deadline > now ? .nanoseconds(Int64(clamping: deadline - now)) : .zero
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
        if let end = call.addCleanUp(action) {
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
