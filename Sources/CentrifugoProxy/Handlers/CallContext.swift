import GRPCCall
import HTTP2Transport

/// What is known about a call, apart from its request.
public struct CallContext: Sendable {
    // One reference to everything that the copies share: a context is copied several times on its way to the handler.
    let call: CallRecord
    var attributes: [ObjectIdentifier: any Sendable]?

    /// The event of this call.
    public var event: ProxyEvent { call.event }
    /// The gRPC metadata that Centrifugo sent: static metadata, forwarded client headers, credentials.
    public var metadata: Metadata { call.metadata.values }
    /// The address of the peer, as `ip:port` or `[ip]:port`.
    ///
    /// `unknown` for a peer on a Unix domain socket.
    public var peerAddress: String { call.peer.address }
    /// The certificate that the peer presented; nil without mutual TLS.
    public var peerCertificate: PeerCertificate? { call.peer.certificate }

    /// Makes a context, for example to call a handler in a test.
    ///
    /// - Parameters:
    ///   - event: The event of the call.
    ///   - metadata: The metadata that the peer sent.
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

    /// The time left until the deadline, at least zero; nil when the call has no deadline.
    ///
    /// When it has passed, the server itself answers with DEADLINE_EXCEEDED and cancels the handler's task.
    public var remainingTime: Duration? {
        guard let deadline = call.deadline else { return nil }
        let now = ServerLoop.clock
        return deadline > now ? .nanoseconds(Int64(clamping: deadline - now)) : .zero
    }

    /// Runs `action` when the call is over.
    ///
    /// That is after the answer was sent, or after the call was cancelled without one, but never before the handler has
    /// returned. A subscription's stream is over once its task has ended as well.
    ///
    /// Actions run one after the other, the one added last first, where handlers run, in a task that is never
    /// cancelled; a shutdown waits for them as it waits for calls. An action that is added after the call is over runs
    /// at once. A context that you made yourself belongs to no call, and never runs its actions.
    public func whenOver(_ action: @escaping @Sendable (CallEnd) async -> Void) {
        if let end = call.addCleanUp(action) {
            Task { await action(end) }
        }
    }

    /// The instant of the deadline; nil when the call has no deadline.
    public var deadline: ContinuousClock.Instant? {
        remainingTime.map { ContinuousClock.now + $0 }
    }
}

extension Duration {
    /// The duration in whole nanoseconds, clamped to the range of `Int64`.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
    }
}
