import HTTP2Framing
import HTTP2Transport

/// Writes publications to one subscribed client.
public struct PublicationWriter: Sendable {
    private let loop: LoopConfined<ServerLoop>
    private let stream: LoopConfined<SubscriptionStream>

    init(_ stream: SubscriptionStream, loop: ServerLoop) {
        self.loop = LoopConfined(loop)
        self.stream = LoopConfined(stream)
    }

    /// Sends a publication; suspends while the client's node reads slower than this is called.
    ///
    /// - Throws: `CancellationError` when the stream is over. ``InvalidPayload`` when the client speaks JSON and `data`
    ///   is not JSON.
    public func write(_ publication: Publication) async throws {
        let stream = stream
        if loop.value.isCurrent {
            // Most of the time there is room, and nothing has to wait.
            guard try stream.value.send(publication) == .full else { return }
            try await withCheckedThrowingContinuation { stream.value.waitForRoom($0) }
        } else {
            try await withCheckedThrowingContinuation { continuation in
                loop.value.execute { stream.value.send(publication, continuation) }
            }
        }
    }
}

/// The publications that a subscribed client sends, in their order; for one reader.
///
/// Ends when the client leaves, when the connection is lost, at the deadline and when the server shuts down. While
/// nobody reads, the client's node is held back by flow control.
public struct ClientPublications: AsyncSequence, Sendable {
    private let loop: LoopConfined<ServerLoop>
    private let stream: LoopConfined<SubscriptionStream>

    init(_ stream: SubscriptionStream, loop: ServerLoop) {
        self.loop = LoopConfined(loop)
        self.stream = LoopConfined(stream)
    }

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(loop: loop, stream: stream)
    }

    /// Takes one publication after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let loop: LoopConfined<ServerLoop>
        fileprivate let stream: LoopConfined<SubscriptionStream>

        /// The next publication, or nil when the stream is over.
        public mutating func next() async -> Publication? {
            let stream = stream
            let loop = loop
            return await withCheckedContinuation { continuation in
                if loop.value.isCurrent {
                    stream.value.read(continuation)
                } else {
                    loop.value.execute { stream.value.read(continuation) }
                }
            }
        }
    }
}
