import HTTP2Transport
import Synchronization

/// Writes publications to one subscribed client.
public struct PublicationWriter: Sendable {
    private let stream: LoopConfined<SubscriptionStream>
    private let loop: LoopConfined<ServerLoop>

    init(_ stream: LoopConfined<SubscriptionStream>, loop: LoopConfined<ServerLoop>) {
        self.stream = stream
        self.loop = loop
    }

    /// Sends a publication; suspends as long as the client's node has not read enough of the earlier ones.
    ///
    /// - Throws: `CancellationError` when the stream is over, and when the task is cancelled while it waits; the
    ///   publication is then not sent. ``PayloadError`` when the client speaks JSON and `data` is not JSON, and when the
    ///   message is larger than the server may send.
    public func write(_ publication: Publication) async throws {
        // Most of the time there is room, and nothing has to wait.
        while try await !send(publication) { try await waitForRoom() }
    }

    /// Whether there was room for the publication.
    private func send(_ publication: Publication) async throws -> Bool {
        if loop.value.isCurrent { return try stream.value.send(publication) }
        return try await withCheckedThrowingContinuation { continuation in
            loop.value.execute { [stream] in
                continuation.resume(with: Result { try stream.value.send(publication) })
            }
        }
    }

    private func waitForRoom() async throws {
        let waiter = StreamWaiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.value.run { [stream] in stream.value.waitForRoom(waiter, continuation) }
            }
        } onCancel: {
            waiter.cancel { loop.value.execute { [stream] in stream.value.stopWaiting(waiter) } }
        }
    }
}

/// A suspended call of a writer or a reader, which also ends when its own task is cancelled.
final class StreamWaiter: Sendable {
    private let cancelled = Atomic(false)

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Marks the call, which may not have reached the stream yet, and then has the stream look for it.
    func cancel(_ stop: () -> Void) {
        // What `stop` hands to the loop orders this: relaxed is enough.
        cancelled.store(true, ordering: .relaxed)
        stop()
    }
}

/// The publications that a subscribed client sends, in their order; for one reader.
///
/// Ends when the client leaves, when the connection is lost, at the deadline and when the server shuts down. It also ends
/// when the peer ends its side of the stream and no more, which Centrifugo never does and other peers may: then after
/// all that the peer has sent, with the task not cancelled and a client that still reads. While nobody reads, the
/// client's node is held back by flow control.
public struct ClientPublications: AsyncSequence, Sendable {
    private let stream: LoopConfined<SubscriptionStream>
    private let loop: LoopConfined<ServerLoop>

    init(_ stream: LoopConfined<SubscriptionStream>, loop: LoopConfined<ServerLoop>) {
        self.stream = stream
        self.loop = loop
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(stream: stream, loop: loop)
    }

    /// Takes one publication after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let stream: LoopConfined<SubscriptionStream>
        fileprivate let loop: LoopConfined<ServerLoop>

        /// The next publication, or nil when the stream is over or the task is cancelled.
        public mutating func next() async -> Publication? {
            let waiter = StreamWaiter()
            return await withTaskCancellationHandler { [stream, loop] in
                await withCheckedContinuation { continuation in
                    loop.value.run { stream.value.read(waiter, continuation) }
                }
            } onCancel: { [stream, loop] in
                waiter.cancel { loop.value.execute { stream.value.stopWaiting(waiter) } }
            }
        }
    }
}
