import HTTP2FrameKit
import NIOCore
import NIOPosix

/// A server that speaks in frames, as the test tells it.
struct FrameServer {
    let port: Int
    private let channel: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    /// Listens at a port of the system's choice, or at a Unix socket.
    static func listening(atSocket path: String? = nil) async throws -> FrameServer {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let setUp: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let channel =
            if let path {
                try await bootstrap.bind(unixDomainSocketPath: path, childChannelInitializer: setUp)
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0, childChannelInitializer: setUp)
            }
        return FrameServer(port: channel.channel.localAddress?.port ?? 0, channel: channel)
    }

    /// Serves connections, one after the other as they come, at the same time as `body`; then stops.
    func serving(
        _ serve: @escaping @Sendable (FrameConnection) async throws -> Void,
        while body: () async throws -> Void
    ) async throws {
        let channel = channel
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await channel.executeThenClose { connections in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for try await connection in connections {
                            group.addTask {
                                try? await connection.executeThenClose { input, output in
                                    var connection = FrameConnection(input, output)
                                    try await connection.begin()
                                    try await serve(connection)
                                }
                            }
                        }
                    }
                }
            }
            try await body()
            group.cancelAll()
        }
    }
}

/// A server's end of a connection.
struct FrameConnection {
    /// What an answer begins with.
    static let head: [HeaderRepresentation] = [
        .literal(":status", "200"), .literal("content-type", "application/grpc"),
    ]

    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var reader = FrameReader()

    init(
        _ input: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.input = input.makeAsyncIterator()
        self.output = output
    }

    /// Takes the client's preface.
    mutating func begin() async throws {
        var first: [UInt8] = []
        while first.count < Frame.preface.count, let bytes = try await input.next(isolation: #isolation) {
            first += bytes.readableBytesView
        }
        reader.append(first.dropFirst(Frame.preface.count))
    }

    /// The next frame; nil at the connection's end.
    mutating func next() async throws -> ReceivedFrame? {
        while true {
            if let frame = try reader.next() { return frame }
            guard let bytes = try await input.next(isolation: #isolation) else { return nil }
            reader.append(bytes.readableBytesView)
        }
    }

    /// The stream of the next request; nil at the connection's end.
    mutating func nextRequest() async throws -> UInt32? {
        while let frame = try await next() {
            if case .headers(let id, _, _) = frame { return id }
        }
        return nil
    }

    /// Waits for a frame that is like this.
    mutating func wait(for isWanted: (ReceivedFrame) -> Bool) async throws -> ReceivedFrame? {
        while let frame = try await next() {
            if isWanted(frame) { return frame }
        }
        return nil
    }

    func send(_ frames: Frame...) async throws {
        try await output.write(ByteBuffer(bytes: frames.flatMap(\.bytes)))
    }

    /// Answers a request with one message and OK.
    func answer(_ id: UInt32, _ message: [UInt8]) async throws {
        try await send(
            .headers(id, Self.head),
            .data(id, [0, 0, 0, 0, UInt8(message.count)] + message),
            .headers(id, [.literal("grpc-status", "0")], [.endHeaders, .endStream])
        )
    }
}
