import HTTP2Framing
import Logging
import NIOCore
import NIOEmbedded

@testable import HTTP2Transport

/// A connection on an event loop that runs when the test says so.
final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let reads = ReadCounter()
    let delegate = RequestCounter()
    let table: ConnectionTable
    let connection: HTTP2Connection

    /// Makes a connection; without a `turn` in nanoseconds, the turn is over whenever the clock is read.
    init(turn: UInt64 = 0) throws {
        let delegate = delegate
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        table = ConnectionTable(
            loop: ServerLoop(
                eventLoop: channel.embeddedEventLoop,
                handlers: [],
                handlerExecutor: .eventLoop,
                logger: logger,
                turn: turn
            ),
            routes: HTTP2Routes([("/r", .unary)]),
            settings: HTTP2Settings(),
            limits: ConnectionLimits(),
            reports: PeerReports(logger: logger),
            limiter: ConcurrencyLimiter(limit: 1),
            makeDelegate: { _ in delegate }
        )
        try channel.pipeline.syncOperations.addHandler(reads)
        connection = HTTP2Connection(table: table, overTLS: false)
        try channel.pipeline.syncOperations.addHandler(connection)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
    }

    /// Runs `body` while the loop has another connection, too.
    func withCompany(_ body: (HTTP2Connection) throws -> Void) rethrows {
        let other = HTTP2Connection(table: table, overTLS: true)
        table.add(other)
        defer { table.remove(other) }
        try body(other)
    }

    /// Runs what is due on the loop; by default for less than the sockets' turn.
    func run(_ time: TimeAmount = .microseconds(100)) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }
}

/// Counts the reads that pass.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

/// Counts requests, and answers none unless told to.
final class RequestCounter: HTTP2ConnectionDelegate {
    private(set) var count = 0
    private(set) var bodies: [[UInt8]] = []
    /// How much work the loop counts for each request.
    var workPerRequest = 0
    var answers = false
    /// The stream of the last one, and its connection, which keeps this object while it is open.
    private(set) var last: (stream: HTTP2Stream, connection: HTTP2Connection)?
    /// How many had arrived when the connection was gone.
    private(set) var countAtEnd: Int?

    func received(_ event: HTTP2Event, on connection: HTTP2Connection) {
        guard case .request(let stream, _, _, let body) = event else { return }
        count += 1
        bodies.append(Array(body))
        last = (stream, connection)
        connection.loop.worked(on: workPerRequest)
        guard answers else { return }
        connection.respond(to: stream, headersOnly: HeaderFields(fixed: [(":status", "200")]))
    }

    func drainBegan() {}
    func gracePeriodOver() {}

    func connectionClosed() {
        countAtEnd = count
        last = nil
    }
}
