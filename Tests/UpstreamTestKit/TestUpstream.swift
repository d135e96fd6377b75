#if HTTPBridge
import NIOCore
import NIOPosix
package import NIOSSL

/// An HTTP server on a port of its own that shows requests byte by byte and sends any answer, valid or not.
package final class TestUpstream: Sendable {
    /// One connection, as the function that answers sees it.
    package struct Connection: Sendable {
        /// Counts connections from one on.
        package let number: Int
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        fileprivate let channel: any Channel

        package func send(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }

        package func send(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }

        /// Answers with a whole response of HTTP/1.1.
        package func answer(_ status: String = "200 OK", headers: [String] = [], _ body: String = "{}") async throws {
            let lines = ["HTTP/1.1 \(status)", "content-length: \(body.utf8.count)"] + headers
            try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }

        package func close() {
            channel.close(promise: nil)
        }
    }

    package typealias Answer = @Sendable (_ request: String, _ connection: Connection) async throws -> Void
    private typealias Listener = NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    package let port: Int
    /// The requests in the order they came, with the port written as PORT.
    package let requests = Events<String>()
    /// The numbers of connections that the other side has ended.
    package let ends = Events<Int>()

    private let listener: Listener
    private let answer: Answer
    private let hasTLS: Bool

    /// Serves while `body` runs, with TLS if there is a certificate for it.
    package static func run(
        tls: NIOSSLContext? = nil,
        _ answer: @escaping Answer,
        _ body: (TestUpstream) async throws -> Void
    ) async throws {
        let listener: Listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
        let upstream = TestUpstream(listener, answer, hasTLS: tls != nil)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await upstream.serve() }
            defer { tasks.cancelAll() }
            try await body(upstream)
        }
    }

    private init(_ listener: Listener, _ answer: @escaping Answer, hasTLS: Bool) {
        self.listener = listener
        self.answer = answer
        self.hasTLS = hasTLS
        port = listener.channel.localAddress?.port ?? 0
    }

    package var baseURL: String { "\(hasTLS ? "https" : "http")://127.0.0.1:\(port)" }

    private func serve() async throws {
        try? await listener.executeThenClose { connections in
            await withDiscardingTaskGroup { tasks in
                defer { tasks.cancelAll() }
                var count = 0
                do {
                    for try await connection in connections {
                        count += 1
                        tasks.addTask { [count] in await self.serve(connection, number: count) }
                    }
                } catch {}
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, number: Int) async {
        try? await connection.executeThenClose { inbound, outbound in
            var received = ByteBuffer()
            for try await part in inbound {
                received.writeImmutableBuffer(part)
                while let request = Self.takeRequest(of: &received) {
                    requests.tell(request.replacing(":\(port)\r\n", with: ":PORT\r\n"))
                    let seen = Connection(number: number, outbound: outbound, channel: connection.channel)
                    try await answer(request, seen)
                }
            }
        }
        ends.tell(number)
    }

    /// Reads the first complete request, or the beginning of a TLS client's handshake.
    private static func takeRequest(of received: inout ByteBuffer) -> String? {
        if received.readableBytesView.first == 0x16 { return received.readString(length: received.readableBytes) }
        let text = String(buffer: received)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let length = text[..<end.lowerBound].split(separator: "\r\n").lazy
            .compactMap { $0.lowercased().wholeMatch(of: /content-length: ([0-9]+)/)?.1 }.first
        let count = text[..<end.upperBound].utf8.count + (length.flatMap { Int($0) } ?? 0)
        return received.readString(length: count)
    }
}
#endif
