import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// Keeps what a channel reads, and what it is told; reads only when it is asked to, unless it is eager.
private final class Recorder: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private(set) var read = ""
    private(set) var events: [String] = []
    private let isEager: Bool

    init(isEager: Bool = true) {
        self.isEager = isEager
    }

    func read(context: ChannelHandlerContext) {
        if isEager { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        read += String(buffer: unwrapInboundIn(data))
    }

    func channelActive(context: ChannelHandlerContext) {
        events.append("active")
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.append("inactive")
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        events.append(context.channel.isWritable ? "room" : "full")
    }
}

@Suite struct MemoryChannelTests {
    private let eventLoop = EmbeddedEventLoop()

    private func makePair(_ one: Recorder, _ other: Recorder) throws -> (MemoryChannel, MemoryChannel) {
        let pair = MemoryChannel.makePair(on: eventLoop)
        try pair.0.pipeline.syncOperations.addHandler(one)
        try pair.1.pipeline.syncOperations.addHandler(other)
        pair.0.begin()
        pair.1.begin()
        return pair
    }

    @Test("reads what the other end has flushed, in its order")
    func order() throws {
        let (one, other) = (Recorder(), Recorder())
        let ends = try makePair(one, other)
        #expect(ends.0.isActive && ends.1.isActive && ends.0.isWritable)
        ends.0.write(ByteBuffer(string: "a"), promise: nil)
        eventLoop.run()
        #expect(other.read.isEmpty)
        ends.0.writeAndFlush(ByteBuffer(string: "b"), promise: nil)
        ends.1.writeAndFlush(ByteBuffer(string: "c"), promise: nil)
        ends.0.writeAndFlush(ByteBuffer(string: "d"), promise: nil)
        eventLoop.run()
        #expect(other.read == "abd" && one.read == "c")
        ends.0.close(promise: nil)
        eventLoop.run()
    }

    @Test("keeps what was written before there was anybody to read it")
    func early() throws {
        let (one, other) = MemoryChannel.makePair(on: eventLoop)
        let recorder = Recorder()
        try other.pipeline.syncOperations.addHandler(recorder)
        one.begin()
        one.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
        one.close(promise: nil)
        eventLoop.run()
        #expect(recorder.events.isEmpty)
        other.begin()
        eventLoop.run()
        #expect(recorder.read == "a" && recorder.events == ["active", "inactive"])
    }

    @Test("reads no more than it is asked to, and is full meanwhile for the one that writes")
    func pressure() throws {
        let (one, other) = (Recorder(), Recorder(isEager: false))
        let ends = try makePair(one, other)
        let portion = String(repeating: "x", count: 16 * 1_024)
        for _ in 0..<4 { ends.0.writeAndFlush(ByteBuffer(string: portion), promise: nil) }
        eventLoop.run()
        #expect(other.read.isEmpty && !ends.0.isWritable && one.events == ["active", "full"])
        let context = try ends.1.pipeline.syncOperations.context(handler: other)
        context.read()
        eventLoop.run()
        #expect(other.read == portion && !ends.0.isWritable)
        for _ in 0..<2 {
            context.read()
            eventLoop.run()
        }
        #expect(ends.0.isWritable && one.events == ["active", "full", "room"])
        // The end is seen by one that reads nothing, too, and all that was written before.
        ends.0.close(promise: nil)
        eventLoop.run()
        #expect(other.read.count == 4 * portion.count && other.events == ["active", "inactive"])
    }

    @Test("ends one side after what was written, and with it the peer that has nothing to add")
    func halfClose() throws {
        let (one, other) = (Recorder(), Recorder())
        let ends = try makePair(one, other)
        ends.0.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
        ends.0.close(mode: .output, promise: nil)
        let late = ends.0.eventLoop.makePromise(of: Void.self)
        ends.0.writeAndFlush(ByteBuffer(string: "b"), promise: late)
        ends.1.writeAndFlush(ByteBuffer(string: "c"), promise: nil)
        eventLoop.run()
        #expect(throws: ChannelError.self) { try late.futureResult.wait() }
        #expect(other.read == "a" && one.read == "c")
        #expect(one.events == ["active", "inactive"] && other.events == ["active", "inactive"])
        try ends.0.closeFuture.and(ends.1.closeFuture).map { _ in }.wait()
    }

    @Test("is closed once, and writes nothing any more")
    func closing() throws {
        let (one, other) = (Recorder(), Recorder())
        let ends = try makePair(one, other)
        let unflushed = eventLoop.makePromise(of: Void.self)
        ends.0.write(ByteBuffer(string: "a"), promise: unflushed)
        ends.0.close(promise: nil)
        let again = eventLoop.makePromise(of: Void.self)
        ends.0.close(promise: again)
        eventLoop.run()
        #expect(throws: ChannelError.self) { try unflushed.futureResult.wait() }
        #expect(throws: ChannelError.self) { try again.futureResult.wait() }
        #expect(!ends.0.isActive && !ends.1.isActive && other.read.isEmpty)
        #expect(throws: ChannelError.self) { try ends.1.writeAndFlush(ByteBuffer(string: "b")).wait() }
        #expect(one.events == ["active", "inactive"])
    }

    @Test("is released when both ends are closed")
    func release() throws {
        weak var one: MemoryChannel?
        weak var other: MemoryChannel?
        try {
            let ends = try makePair(Recorder(), Recorder())
            (one, other) = ends
            ends.1.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
            ends.1.close(promise: nil)
            eventLoop.run()
        }()
        #expect(one == nil && other == nil)
    }
}
