package import HTTP2Framing
import Logging
package import NIOCore

/// What takes a connection's events: one object per connection, on the connection's event loop.
package protocol HTTP2ConnectionDelegate: AnyObject {
    /// Takes one event; its header lists and bytes are valid only during this call.
    func received(_ event: HTTP2Event, on connection: HTTP2Connection)

    /// The connection takes no new streams any more: what would stay open for long comes to its end.
    func drainBegan()

    /// The server has no more time: what is still open gets its last answer now.
    func gracePeriodOver()

    /// The connection is gone, with every stream that was open.
    func connectionClosed()
}

/// One connection: feeds an `HTTP2Session` from its channel, and writes what the session has to send once per tick.
///
/// Confined to its event loop. Not Sendable, so that it cannot leave it unnoticed.
package final class HTTP2Connection: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = Never
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    enum Phase {
        /// TLS is being negotiated, nothing of HTTP/2 is said; to `open`, or to the end.
        case securing
        /// Streams come and go; to `noticed` when the server shuts down, to `lingering` when the session is finished.
        case open
        /// The first GOAWAY is sent; to `draining` when it has arrived.
        case noticed
        /// The last GOAWAY is sent, open streams go on; to `lingering` when they are over.
        case draining
        /// All is sent; only the peer's end of the connection is waited for.
        case lingering
    }

    package let loop: ServerLoop
    /// The peer's address, as text for logs and handlers.
    package private(set) var peerAddress = "unknown"
    /// The names in the peer's certificate; nil when it showed none.
    package internal(set) var peerCertificate: CertificateNames?
    /// When the bytes of the current event were read, in nanoseconds of `ServerLoop.clock`.
    @exclusivity(unchecked) package private(set) var receivedAt: UInt64 = 0
    @exclusivity(unchecked) var session: HTTP2Session
    @exclusivity(unchecked) private(set) var delegate: (any HTTP2ConnectionDelegate)?
    let table: ConnectionTable
    @exclusivity(unchecked) private(set) var context: ChannelHandlerContext?
    /// What was read and is taken in the next tick.
    @exclusivity(unchecked) var input: ByteBuffer?
    /// Whether the tick's time was over before `input` was taken.
    @exclusivity(unchecked) var isInputLate = false
    /// What was taken of that and has to wait until others have had their turn.
    @exclusivity(unchecked) var backlog: ByteBuffer?
    /// The bytes of events that the session has still to hand over.
    @exclusivity(unchecked) var lent: ByteBuffer?
    /// What the application holds for the peer.
    package let account = MemoryAccount()
    @exclusivity(unchecked) var clocks: ConnectionClocks?
    @exclusivity(unchecked) var output = ByteBuffer()
    @exclusivity(unchecked) var outputHint = 2_048
    @exclusivity(unchecked) var isWaitingToWrite = false
    @exclusivity(unchecked) var isReadHeld = false
    @exclusivity(unchecked) var phase: Phase
    /// With so many open streams, operators are told once.
    @exclusivity(unchecked) var streamsToReport: Int

    /// Makes the handler of a channel; with `overTLS`, the channel has a handler for that in front.
    init(table: ConnectionTable, overTLS: Bool) {
        self.table = table
        self.loop = table.loop
        self.session = HTTP2Session(serverFor: table.routes, settings: table.settings)
        self.phase = overTLS ? .securing : .open
        self.streamsToReport = (Int(table.settings.maxConcurrentStreams) * 9 + 9) / 10
    }

    /// When so many nanoseconds have passed since the bytes of the current event were read; nil when that is never.
    ///
    /// A method, since other modules look at `receivedAt` with the check that this one leaves out.
    package func deadline(after timeout: UInt64) -> UInt64? {
        let (deadline, overflow) = receivedAt.addingReportingOverflow(timeout)
        return overflow ? nil : deadline
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // The peer of a Unix socket chooses its name itself: one could pass for another peer's address.
        if let address = context.channel.remoteAddress, address.ipAddress != nil {
            peerAddress = Self.text(of: address)
        }
        clocks = ConnectionClocks(of: self, limits: table.limits)
        if phase == .open { begin() }
        table.add(self)
    }

    package func channelActive(context: ChannelHandlerContext) {
        if phase != .securing { writeLater() }
    }

    /// Says the first words as soon as the channel takes any.
    func begin() {
        delegate = table.makeDelegate(self)
        if context?.channel.isActive == true { writeLater() }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        // Read again before the tick, or by a tick whose time was over.
        guard input == nil else {
            input?.writeBuffer(&buffer)
            return
        }
        receivedAt = ServerLoop.clock
        if table.isSingle { return loop.takeNow(from: receivedAt) { take(buffer) } }
        input = buffer
        loop.takeLater(self)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        // The calls in it begin, and are cancelled, as if the end had come a moment later.
        takeInput()
        closed()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that is closed before it was active is never inactive.
        closed()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The time that a lingering connection has goes on.
        if phase != .lingering { clocks?.setUnread(!context.channel.isWritable) }
        // Not at once: a peer that reads as fast as we write would have the loop to itself.
        if context.channel.isWritable { writeLater() }
    }

    private func closed() {
        guard context != nil else { return }
        context = nil
        input = nil
        backlog = nil
        lent = nil
        clocks?.cancel()
        clocks = nil
        delegate?.connectionClosed()
        delegate = nil
        table.remove(self)
    }

    /// Whether what the peer makes us hold leaves room for one more call.
    package var allowsCalls: Bool {
        session.setApplicationBytes(account.bytes)
        return session.allowsCalls
    }

    static func text(of address: SocketAddress?) -> String {
        guard let ip = address?.ipAddress, let port = address?.port else {
            return address?.pathname.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
        }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
