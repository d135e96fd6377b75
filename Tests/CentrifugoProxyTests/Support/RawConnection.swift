import HTTP2FrameKit
import NIOCore
import NIOPosix
import NIOSSL

/// A peer of a server under test that sends frames over a real socket, valid or not.
///
/// One test drives one connection; it never waits longer than the server takes to answer.
final class RawConnection {
    /// A window that never stops the server (RFC 9113 §6.9.1).
    private static let largestWindow: UInt32 = 0x7FFF_FFFF

    private let channel: any Channel
    private var inbound: AsyncStream<ByteBuffer>.Iterator
    private var reader = FrameReader()
    private var pending: [ReceivedFrame] = []
    private var nextStreamID: UInt32 = 1
    /// Every frame that came, in its order.
    private(set) var history: [ReceivedFrame] = []

    /// Opens a connection, over TLS if that is given, and sends nothing.
    ///
    /// One that `staysOpen` keeps its own side open when the server closes its own.
    init(silentTo address: SocketAddress, tls: NIOSSLContext? = nil, staysOpen: Bool = false) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        inbound = stream.makeAsyncIterator()
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: staysOpen)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(to: address).get()
    }

    /// Opens a TCP connection and sends nothing.
    convenience init(silentTo port: Int) async throws {
        try await self.init(silentTo: SocketAddress(ipAddress: "127.0.0.1", port: port))
    }

    /// Opens a TCP connection and exchanges the first SETTINGS.
    convenience init(to port: Int) async throws {
        try await self.init(silentTo: port)
        try await begin()
    }

    /// Opens a connection, over TLS when that is given, and exchanges the first SETTINGS.
    convenience init(to address: SocketAddress, tls: NIOSSLContext? = nil, staysOpen: Bool = false) async throws {
        try await self.init(silentTo: address, tls: tls, staysOpen: staysOpen)
        try await begin()
    }

    /// Exchanges the first SETTINGS, with windows that never stop the server.
    func begin() async throws {
        send(bytes: Frame.preface)
        send(
            .settings(Setting(.initialWindowSize, Self.largestWindow)),
            .windowUpdate(0, Self.largestWindow - 65_535)
        )
        _ = try await expect { if case .settings = $0 { true } else { false } }
        send(.settingsAck)
    }

    func send(_ frames: Frame...) {
        send(bytes: frames.flatMap(\.bytes))
    }

    func send(_ frames: [Frame]) {
        send(bytes: frames.flatMap(\.bytes))
    }

    func send(bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Sends frames in two portions, and the second only when the server has taken the first.
    func sendApart(_ first: [Frame], _ second: [Frame]) async throws {
        send(first)
        try await roundTrip()
        send(second)
    }

    /// Waits until the server has read all that was sent.
    func roundTrip() async throws {
        let mark = [UInt8]("ping-pong".utf8.prefix(8))
        send(.ping(mark))
        _ = try await expect { $0 == .pong(mark) }
    }

    /// A stream identifier that was not used yet.
    func newStreamID() -> UInt32 {
        defer { nextStreamID += 2 }
        return nextStreamID
    }

    /// The next frame in the order of arrival, nil when the server has closed the connection.
    func next() async throws -> ReceivedFrame? {
        pending.isEmpty ? try await receive() : pending.removeFirst()
    }

    /// The next frame that `isWanted`; the others stay for later.
    func expect(_ isWanted: (ReceivedFrame) -> Bool) async throws -> ReceivedFrame {
        if let index = pending.firstIndex(where: isWanted) { return pending.remove(at: index) }
        while let frame = try await receive() {
            if isWanted(frame) { return frame }
            pending.append(frame)
        }
        throw ConnectionClosed()
    }

    /// All frames until the server closes the connection.
    func rest() async throws -> [ReceivedFrame] {
        var frames: [ReceivedFrame] = []
        while let frame = try await next() { frames.append(frame) }
        return frames
    }

    /// Reads nothing from the socket any more, so that the server's bytes pile up.
    func stopReading() async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: false).get()
    }

    /// Ends the connection without sending anything.
    func close() async {
        try? await channel.close()
    }

    private func receive() async throws -> ReceivedFrame? {
        while true {
            if let frame = try reader.next() {
                history.append(frame)
                return frame
            }
            guard let bytes = await inbound.next(isolation: #isolation) else { return nil }
            reader.append(bytes.readableBytesView)
        }
    }
}

/// The server closed the connection before it sent what was waited for.
struct ConnectionClosed: Error {}

/// Passes what a channel receives to the reader of the connection.
private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ByteBuffer>.Continuation

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
