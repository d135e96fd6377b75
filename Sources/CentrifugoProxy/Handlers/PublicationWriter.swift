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
    ///   publication is then not sent. ``PayloadError`` when the client speaks JSON and `data` is not JSON, and when
    ///   the message is larger than the server may send.
    public func write(_ publication: Publication) async throws {
        // Usually there is room, and nothing has to wait.
        while try await !send(publication) { try await waitForRoom() }
    }

    /// Waits until the stream is over.
    ///
    /// It is when the client has left, the connection is lost, the deadline has passed, or the server shuts down. The
    /// function also returns when the task that calls it is cancelled.
    ///
    /// For a handler that has nothing else to wait for. A `Task.sleep` in its place would keep memory for the rest of
    /// its time after the client has left.
    public func waitForClientToLeave() async {
        let waiter = StreamWaiter()
        try? await suspend(waiter) { [stream] in stream.value.waitForEnd(waiter, $0) }
    }

    /// Sends the publication if there is room; returns whether it was sent.
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
        try await suspend(waiter) { [stream] in stream.value.waitForRoom(waiter, $0) }
    }

    /// Suspends until the stream resumes the waiter, or the task is cancelled.
    private func suspend(
        _ waiter: StreamWaiter,
        _ wait: @escaping @Sendable (CheckedContinuation<Void, any Error>) -> Void
    ) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.value.run { wait(continuation) }
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

    /// Marks the call as cancelled, which may not have reached the stream yet, and then makes the stream look for it.
    func cancel(_ stop: () -> Void) {
        // The hand-over to the loop orders this: relaxed is enough.
        cancelled.store(true, ordering: .relaxed)
        stop()
    }
}

/// The publications that a subscribed client sends, in their order; for one reader.
///
/// It ends when the client leaves, when the connection is lost, at the deadline and when the server shuts down. It also
/// ends when the peer only ends its side of the stream, which Centrifugo never does but other peers may: then it ends
/// after everything that the peer has sent, the task is not cancelled, and the client still reads. While the handler
/// does not read, flow control holds the client's node back.
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

    /// Iterates over the publications.
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
