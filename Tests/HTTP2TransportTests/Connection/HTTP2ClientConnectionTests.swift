import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// A client's connection on an event loop that runs when the test says so.
@Suite struct HTTP2ClientConnectionTests {
    private final class Answers {
        var all: [HTTP2Exchange.Answer] = []

        var reason: String? {
            if case .lost(let reason)? = all.last { reason } else { nil }
        }
    }

    private let channel = EmbeddedChannel()
    private let connection: HTTP2ClientConnection

    init() throws {
        var keepAlive = KeepAlive()
        keepAlive.interval = .seconds(300)
        keepAlive.timeout = .seconds(20)
        connection = HTTP2ClientConnection(isOverTLS: false, keepAlive: keepAlive)
        try channel.pipeline.syncOperations.addHandler(connection)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "server")).wait()
        channel.embeddedEventLoop.run()
        try receive(.settings(), .settingsAck)
    }

    private func receive(_ frames: Frame...) throws {
        try channel.writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
        channel.embeddedEventLoop.run()
    }

    /// What the client sent since the last time.
    private func sent() throws -> [Frame.Kind] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        if bytes.starts(with: Frame.preface) { bytes.removeFirst(Frame.preface.count) }
        var parser = FrameParser()
        parser.append(bytes)
        var kinds: [Frame.Kind] = []
        while let frame = parser.next() { kinds.append(frame.kind) }
        return kinds
    }

    private func open() -> Answers {
        let answers = Answers()
        let stream = ClientStream(headers: HeaderFields(fixed: [(":method", "POST")])) { answers.all.append($0) }
        #expect(connection.open(stream))
        channel.embeddedEventLoop.run()
        return answers
    }

    @Test("asks by PING while streams are open, and ends when the server does not answer")
    func keepAlive() throws {
        channel.embeddedEventLoop.advanceTime(by: .seconds(1_000))
        #expect(try !sent().contains(.ping))
        let answers = open()
        channel.embeddedEventLoop.advanceTime(by: .seconds(210))
        #expect(try sent().filter { $0 == .ping }.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        #expect(answers.reason == "the server does not answer a PING")
    }

    @Test("goes on when the server answers a PING, and asks no more often than it may")
    func answered() throws {
        _ = open()
        var pings = 0
        for _ in 0..<300 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(10))
            guard try sent().contains(.ping) else { continue }
            pings += 1
            try receive(.ping([0, 0, 0, 0, 0, 0, 0, 0], .ack))
        }
        #expect(channel.isActive)
        // Of 3,000 seconds.
        #expect((1...10).contains(pings))
    }

    @Test("ends a connection whose server asks and does not read")
    func flood() throws {
        let answers = open()
        channel.isWritable = false
        for _ in 0..<20 where channel.isActive {
            try receive(.ping(), .ping(), .ping())
            try channel.writeInbound(ByteBuffer(bytes: (0..<200).flatMap { _ in Frame.ping().bytes }))
        }
        #expect(!channel.isActive)
        #expect(answers.reason == "the server broke the rules of HTTP/2: ENHANCE_YOUR_CALM")
    }

    @Test("says that the server broke a rule")
    func violation() throws {
        let answers = open()
        try receive(.data(99, [1]))
        #expect(!channel.isActive)
        #expect(answers.reason == "the server broke the rules of HTTP/2: PROTOCOL_ERROR")
    }

    @Test("lets the rest go on when one stream is left")
    func leave() throws {
        let answers = Answers()
        let stream = ClientStream(headers: HeaderFields(fixed: [(":method", "POST")])) { answers.all.append($0) }
        #expect(connection.open(stream))
        let others = open()
        stream.obey(.leave(.timedOut))
        channel.embeddedEventLoop.run()
        #expect(try sent().contains(.resetStream))
        try receive(
            .headers(3, [.literal(":status", "200"), .literal("grpc-status", "0")], [.endHeaders, .endStream])
        )
        let areBothOver =
            if case .left(.timedOut)? = answers.all.last, case .ended? = others.all.last { true } else { false }
        #expect(areBothOver)
        #expect(channel.isActive)
    }
}
