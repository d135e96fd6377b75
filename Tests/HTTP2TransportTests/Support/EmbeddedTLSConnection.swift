import HTTP2FrameKit
import HTTP2Framing
import Logging
import NIOCore
import NIOEmbedded
import NIOSSL

@testable import HTTP2Transport

/// A TLS connection and its peer, on event loops whose time the test controls.
///
/// Only the test carries bytes: a peer that is not asked for its bytes sends nothing, not even that it closes.
final class EmbeddedTLSConnection {
    let server = EmbeddedChannel()
    let client = EmbeddedChannel()
    let delegate = RequestCounter()
    let output = OutputCloser()
    let table: ConnectionTable
    let http2: HTTP2Connection
    private var reader = FrameReader()
    private var toServer: [ByteBuffer] = []

    init(protocols: [String] = ["h2"], _ change: (inout ConnectionLimits) -> Void = { _ in }) throws {
        let delegate = delegate
        var limits = ConnectionLimits()
        change(&limits)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        table = ConnectionTable(
            loop: ServerLoop(
                eventLoop: server.embeddedEventLoop,
                handlers: [],
                handlerExecutor: .eventLoop,
                logger: logger,
                turn: .max
            ),
            routes: HTTP2Routes([("/r", .unary)]),
            settings: HTTP2Settings(),
            limits: limits,
            reports: PeerReports(logger: logger),
            limiter: ConcurrencyLimiter(limit: 1),
            makeDelegate: { _ in delegate }
        )
        try server.pipeline.syncOperations.addHandler(output)
        try table.setUp(server, tls: TestCertificate.shared.get().context())
        http2 = try server.pipeline.syncOperations.handler(type: HTTP2Connection.self)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = protocols
        let tls = try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
        try client.pipeline.syncOperations.addHandler(tls)
        for channel in [server, client] {
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
        }
    }

    /// Carries bytes both ways until there are none.
    func exchange() throws {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            while let bytes = try client.readOutbound(as: ByteBuffer.self) {
                isQuiet = false
                if server.isActive { try server.writeInbound(bytes) }
            }
            run(.zero)
            if try carryToClient() { isQuiet = false }
        }
    }

    /// Carries the server's bytes to its peer, whose answer stays there.
    @discardableResult
    func carryToClient() throws -> Bool {
        var isCarried = false
        while let bytes = try server.readOutbound(as: ByteBuffer.self) {
            isCarried = true
            if client.isActive { try client.writeInbound(bytes) }
        }
        client.embeddedEventLoop.run()
        return isCarried
    }

    /// The peer's bytes, over TLS.
    func send(_ bytes: [UInt8]) throws {
        try client.writeOutbound(ByteBuffer(bytes: bytes))
        try exchange()
    }

    /// The first frames of both sides.
    func begin() throws {
        try exchange()
        try send(Frame.preface + Frame.settings().bytes + Frame.settingsAck.bytes)
        _ = try received()
    }

    /// Opens a stream that the delegate does not answer.
    func request(_ id: UInt32) throws {
        let block: [HeaderRepresentation] = [
            .literal(":method", "POST"), .literal(":scheme", "https"), .literal(":path", "/r"),
            .literal(":authority", "a"),
        ]
        try send(Frame.headers(id, block, [.endHeaders, .endStream]).bytes)
    }

    /// All frames that the peer has read since the last time.
    func received() throws -> [ReceivedFrame] {
        while let bytes = try client.readInbound(as: ByteBuffer.self) { reader.append(bytes.readableBytesView) }
        var frames: [ReceivedFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    /// Lets the server's time pass.
    func run(_ time: TimeAmount) {
        server.embeddedEventLoop.advanceTime(by: time)
    }

    deinit {
        // The longest waits of TLS and of the connection are over then.
        for channel in [server, client] {
            channel.close(promise: nil)
            channel.embeddedEventLoop.advanceTime(by: .seconds(60))
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
    }
}

/// Handles the end of a channel's output, which an embedded channel would treat as its own end.
final class OutputCloser: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var isClosed = false
    /// Keeps the caller that closes the output waiting, like a peer that leaves bytes unread.
    var isHeld = false
    private var held: EventLoopPromise<Void>?

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else {
            held?.fail(ChannelError.ioOnClosedChannel)
            held = nil
            return context.close(mode: mode, promise: promise)
        }
        isClosed = true
        if isHeld { held = promise } else { promise?.succeed() }
    }

    /// All is written.
    func release() {
        held?.succeed()
        held = nil
    }
}
