package import HTTP2Framing
import Logging
package import NIOCore

/// Handles a connection's events: one object per connection, on the connection's event loop.
package protocol HTTP2ConnectionDelegate: AnyObject {
    /// Takes one event; its header lists and bytes are valid only during this call.
    func received(_ event: HTTP2Event, on connection: HTTP2Connection)

    /// The connection accepts no new streams; streams that would stay open for long should end.
    func drainBegan()

    /// The grace period is over: streams that are still open get their last answer now.
    func gracePeriodOver()

    /// The connection is closed, and with it every stream that was open.
    func connectionClosed()
}

/// One connection: feeds an `HTTP2Session` from its channel, and writes what the session has to send once per tick.
///
/// Confined to its event loop. It is not Sendable, so that the compiler reports whatever would take it elsewhere.
package final class HTTP2Connection: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = Never
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    enum Phase {
        /// TLS is being negotiated, and no HTTP/2 has been exchanged; to `open`, or to the end.
        case securing
        /// Streams open and close; to `noticed` when the server shuts down, to `lingering` when the session is
        /// finished.
        case open
        /// The first GOAWAY is sent; to `draining` when the peer has acknowledged it.
        case noticed
        /// The last GOAWAY is sent, and open streams continue; to `lingering` when they are over.
        case draining
        /// Everything is sent; waits only for the peer to close its side.
        case lingering
    }

    package let loop: ServerLoop
    /// The peer's address, as text for logs and handlers.
    package private(set) var peerAddress = "unknown"
    /// The names in the peer's certificate; nil when it presented none.
    package internal(set) var peerCertificate: CertificateNames?
    /// When the bytes of the current event were read, in nanoseconds of `ServerLoop.clock`.
    @exclusivity(unchecked) private(set) var lastRead: UInt64 = 0
    /// When the connection was accepted, in nanoseconds of the same clock.
    let acceptedAt = ServerLoop.clock
    @exclusivity(unchecked) var session: HTTP2Session
    @exclusivity(unchecked) private(set) var delegate: (any HTTP2ConnectionDelegate)?
    let table: ConnectionTable
    @exclusivity(unchecked) private(set) var context: ChannelHandlerContext?
    /// Bytes that were read, for the next tick to handle.
    @exclusivity(unchecked) var input: ByteBuffer?
    /// Whether the tick's time ended before `input` was handled.
    @exclusivity(unchecked) var isInputLate = false
    /// The part of those bytes that waits until other connections have had their turn.
    @exclusivity(unchecked) var backlog: ByteBuffer?
    /// Bytes that events still refer to, until the session has handed over all of them.
    @exclusivity(unchecked) var lent: ByteBuffer?
    /// What the application holds for the peer.
    package let account = MemoryAccount()
    @exclusivity(unchecked) var clocks: ConnectionClocks?
    @exclusivity(unchecked) var output = ByteBuffer()
    @exclusivity(unchecked) var outputHint = 2_048
    @exclusivity(unchecked) var isWaitingToWrite = false
    @exclusivity(unchecked) var isReadHeld = false
    @exclusivity(unchecked) var phase: Phase
    /// The number of open streams at which the log warns, once.
    @exclusivity(unchecked) var streamsToReport: Int

    /// Makes the handler of a channel; `overTLS` says that a TLS handler precedes it.
    init(table: ConnectionTable, overTLS: Bool) {
        self.table = table
        self.loop = table.loop
        self.session = HTTP2Session(serverFor: table.routes, settings: table.settings)
        self.phase = overTLS ? .securing : .open
        self.streamsToReport = (Int(table.settings.maxConcurrentStreams) * 9 + 9) / 10
    }

    /// The time `timeout` nanoseconds after the bytes of the current event were read; nil when that overflows.
    ///
    /// A method, since other modules would access `lastRead` with the exclusivity check that this one omits.
    package func deadline(after timeout: UInt64) -> UInt64? {
        let (deadline, overflow) = lastRead.addingReportingOverflow(timeout)
        return overflow ? nil : deadline
    }

    /// When the bytes of the current event were read; a method for the same reason.
    package var receivedAt: UInt64 { lastRead }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // The peer of a Unix socket chooses its own name, which could look like another peer's address.
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

    /// Sends the first frames as soon as the channel is active.
    func begin() {
        delegate = table.makeDelegate(self)
        if context?.channel.isActive == true { writeLater() }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        // Read twice before a tick, or by a tick whose time was over.
        guard input == nil else {
            input?.writeBuffer(&buffer)
            return
        }
        lastRead = ServerLoop.clock
        if table.isSingle { return loop.takeNow(from: lastRead) { take(buffer) } }
        input = buffer
        loop.takeLater(self)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        // The calls in these bytes begin and are then cancelled, as if the connection had ended a moment later.
        takeInput()
        closed()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that closes before it was active never becomes inactive.
        closed()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        // A lingering connection's time limit stays as it is.
        if phase != .lingering { clocks?.setUnread(!context.channel.isWritable) }
        // Not at once: a peer that reads as fast as we write would keep the loop to itself.
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

    /// Whether the memory held for the peer leaves room for another call.
    package var allowsCalls: Bool {
        session.setApplicationBytes(account.bytes)
        return session.allowsCalls
    }

    /// The bytes that are held for the peer.
    var heldBytes: Int {
        session.setApplicationBytes(account.bytes)
        return session.heldBytes
    }

    static func text(of address: SocketAddress?) -> String {
        guard let ip = address?.ipAddress, let port = address?.port else {
            return address?.pathname.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
        }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
