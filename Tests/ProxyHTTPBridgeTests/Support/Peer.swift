#if HTTPBridge
import HTTP2FrameKit
import NIOCore
import NIOPosix

/// A peer of a `ProxyServer` that speaks frames over a real socket, as Centrifugo does.
struct Peer: ~Copyable {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var reader = FrameReader()

    /// The server closed the connection before it sent what was waited for.
    struct ConnectionClosed: Error {}

    /// Connects, exchanges the first SETTINGS, and closes the connection when `body` is done.
    static func run<Result: Sendable>(
        port: Int,
        _ body: @Sendable (inout Peer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var peer = Peer(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            try await outbound.write(ByteBuffer(bytes: Frame.preface))
            try await peer.send(.settings(), .settingsAck)
            return try await body(&peer)
        }
    }

    func send(_ frames: Frame...) async throws {
        try await outbound.write(ByteBuffer(bytes: frames.flatMap(\.bytes)))
    }

    /// Sends a call of RPC.
    func start(_ id: UInt32, _ message: [UInt8], adding fields: [Field] = []) async throws {
        let head = [
            Field(":method", "POST"), Field(":scheme", "http"), Field(":authority", "127.0.0.1"),
            Field(":path", "/centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"),
            Field("content-type", "application/grpc"), Field("te", "trailers"),
        ]
        let count = UInt32(message.count)
        let prefix = [0] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
        try await send(.headers(id, [HeaderRepresentation](head + fields)), .data(id, prefix + message, .endStream))
    }

    /// The status and the message of a call.
    mutating func answer(to id: UInt32) async throws -> (status: String?, message: [UInt8]) {
        var body: [UInt8] = []
        while true {
            switch try await next() {
            case .data(id, let bytes, _): body += bytes
            case .headers(id, let fields, endStream: true): return (fields["grpc-status"], Array(body.dropFirst(5)))
            default: continue
            }
        }
    }

    private mutating func next() async throws -> ReceivedFrame {
        while true {
            if let frame = try reader.next() { return frame }
            guard let bytes = try await inbound.next(isolation: #isolation) else { throw ConnectionClosed() }
            reader.append(bytes.readableBytesView)
        }
    }
}
#endif
