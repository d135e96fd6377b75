import NIOCore
import Synchronization

/// One end of a connection within this process: what one end writes, the other one reads, on one event loop.
///
/// It behaves like a socket: it reads when it is asked to, is full while its peer does not read, can end its own side alone,
/// and delivers what was written before the end. It needs no descriptor: tests open hundreds of connections at a time, and a
/// process has few descriptors.
final class MemoryChannel: Channel {
    /// State of the event loop.
    private final class State {
        /// Until this end is closed.
        var peer: MemoryChannel?
        var unflushed: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
        /// Bytes of this end that the peer has not read.
        var unread = 0
        /// Bytes from the peer that this end has not read.
        var inbox = CircularBuffer<ByteBuffer>()
        var hasPeerEnded = false
        var hasEnded = false
        var isReadWanted = false
        var isDeliveryScheduled = false
    }

    // An end is full from this many unread bytes on, and has room again below the other number.
    private static let highWater = 64 * 1_024
    private static let lowWater = 32 * 1_024

    let eventLoop: any EventLoop
    let allocator = ByteBufferAllocator()
    private let closePromise: EventLoopPromise<Void>
    private let state = LoopConfined(State())
    // Set once, before the channel is handed out.
    private let ownPipeline = Mutex<ChannelPipeline?>(nil)
    private let isOpen = Atomic(true)
    private let hasBegun = Atomic(false)
    private let hasRoom = Atomic(true)

    private init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        closePromise = eventLoop.makePromise()
        let pipeline = ChannelPipeline(channel: self)
        ownPipeline.withLock { $0 = pipeline }
    }

    /// Makes two joined ends.
    ///
    /// Call `begin()` on each when it has its handlers, and close each.
    static func makePair(on eventLoop: any EventLoop) -> (MemoryChannel, MemoryChannel) {
        let (one, other) = (MemoryChannel(on: eventLoop), MemoryChannel(on: eventLoop))
        one.state.value.peer = other
        other.state.value.peer = one
        return (one, other)
    }

    /// Becomes active, and reads.
    func begin() {
        guard isOpen.load(ordering: .relaxed) else { return }
        hasBegun.store(true, ordering: .relaxed)
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRegistered()
        pipeline.fireChannelActive()
        pipeline.read()
    }

    var pipeline: ChannelPipeline {
        guard let pipeline = ownPipeline.withLock({ $0 }) else { preconditionFailure("made with the channel") }
        return pipeline
    }

    var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    var isActive: Bool { isOpen.load(ordering: .relaxed) && hasBegun.load(ordering: .relaxed) }
    var isWritable: Bool { hasRoom.load(ordering: .relaxed) }
    var localAddress: SocketAddress? { nil }
    var remoteAddress: SocketAddress? { nil }
    var parent: (any Channel)? { nil }
    var _channelCore: any ChannelCore { self }
    var syncOptions: (any NIOSynchronousChannelOptions)? { nil }

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
}

// MARK: - Writing and reading

extension MemoryChannel: ChannelCore {
    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen.load(ordering: .relaxed), !state.value.hasEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = unwrapData(data, as: ByteBuffer.self)
        state.value.unflushed.append((bytes, promise))
        countUnread(bytes.readableBytes)
    }

    func flush0() {
        let written = state.value.unflushed
        state.value.unflushed = []
        for (bytes, promise) in written {
            // As with a socket, what is written to a closed peer is lost.
            if let peer = state.value.peer, peer.isOpen.load(ordering: .relaxed) {
                peer.state.value.inbox.append(bytes)
            }
            promise?.succeed()
        }
        if !written.isEmpty { state.value.peer?.deliverLater() }
    }

    func read0() {
        state.value.isReadWanted = true
        if !state.value.inbox.isEmpty || state.value.hasPeerEnded { deliverLater() }
    }

    /// Not at once: this end may be handling an event.
    private func deliverLater() {
        guard !state.value.isDeliveryScheduled else { return }
        state.value.isDeliveryScheduled = true
        eventLoop.execute { self.deliver() }
    }

    private func deliver() {
        state.value.isDeliveryScheduled = false
        // After the peer's end nobody has to ask: what it wrote is delivered, and then the end.
        guard isActive, state.value.isReadWanted || state.value.hasPeerEnded else { return }
        guard let bytes = state.value.inbox.popFirst() else {
            if state.value.hasPeerEnded { close0(error: ChannelError.eof, mode: .all, promise: nil) }
            return
        }
        state.value.isReadWanted = false
        state.value.peer?.countUnread(-bytes.readableBytes)
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRead(NIOAny(bytes))
        pipeline.fireChannelReadComplete()
        guard isActive else { return }
        pipeline.read()
        if state.value.hasPeerEnded { deliverLater() }
    }

    private func countUnread(_ change: Int) {
        state.value.unread += change
        let isWritable = state.value.unread < (self.isWritable ? Self.highWater : Self.lowWater)
        guard isWritable != self.isWritable else { return }
        hasRoom.store(isWritable, ordering: .relaxed)
        if isActive { pipeline.syncOperations.fireChannelWritabilityChanged() }
    }

    // MARK: The end

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen.load(ordering: .relaxed) else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch mode {
        case .input: promise?.fail(ChannelError.operationUnsupported)
        case .output:
            end()
            promise?.succeed()
        case .all:
            end()
            isOpen.store(false, ordering: .relaxed)
            state.value.peer = nil
            state.value.inbox = []
            promise?.succeed()
            if hasBegun.load(ordering: .relaxed) { pipeline.syncOperations.fireChannelInactive() }
            pipeline.syncOperations.fireChannelUnregistered()
            eventLoop.execute {
                self.removeHandlers(pipeline: self.pipeline)
                self.closePromise.succeed()
            }
        }
    }

    /// Ends this side, after what is flushed.
    private func end() {
        guard !state.value.hasEnded else { return }
        state.value.hasEnded = true
        for (_, promise) in state.value.unflushed { promise?.fail(ChannelError.ioOnClosedChannel) }
        state.value.unflushed = []
        state.value.peer?.state.value.hasPeerEnded = true
        state.value.peer?.deliverLater()
    }

    // MARK: Unsupported

    func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func register0(promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.operationUnsupported) }
    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func channelRead0(_ data: NIOAny) {}
    func errorCaught0(error: any Error) {}
}
