import CentrifugoProxy
import EventCaller
public import GRPCCall
import ProtobufWire
public import ProxyMessages

/// A subscription's stream in memory, as Centrifugo sees it: the first answer, publications, the end.
///
/// ```swift
/// let stream = try await client.subscribeUnidirectional(to: "ticks")
/// try hub.publish(Publication(data: "1"), to: "ticks")
/// #expect(await stream.next()?.data.text == #""1""#)
/// stream.cancel()
/// ```
///
/// Cancel it, unless it ends by itself: a handler that serves it works until then.
public struct TestSubscription: Sendable {
    /// The first answer, which accepts or refuses.
    public let response: SubscribeResponse
    private let stream: ReadStream

    init(response: SubscribeResponse, stream: ReadStream) {
        self.response = response
        self.stream = stream
    }

    /// The next publication for the client; nil when the stream is over, and when the task is cancelled.
    ///
    /// Publications that are not read wait: see ``TestClient/unreadLimit``.
    public func next() async -> Publication? {
        // What is published before a read counts as unread, whatever this thread and the stream's do first.
        await stream.call.settled()
        while let message = await stream.next() {
            stream.unread.taken()
            if let publication = (try? StreamSubscribeResponse(wireBytes: message))?.publication { return publication }
        }
        return nil
    }

    /// Sends what the client publishes; in a stream to the client nobody reads it.
    ///
    /// - Parameter data: What the client sends.
    public func publish(_ data: String) {
        publish(Publication(data: .bytes(Array(data.utf8))))
    }

    /// Sends a publication of the client.
    public func publish(_ publication: Publication) {
        stream.call.send(StreamSubscribeRequest(publication: publication).wireBytes())
    }

    /// Ends what the client publishes, and nothing else: the handler gets what was sent, then its sequence of publications
    /// ends, and the client still reads.
    ///
    /// Centrifugo never does it; other peers may.
    public func halfClose() {
        stream.call.endRequest()
    }

    /// Resets the stream, as Centrifugo does when the client leaves: the handler's task is cancelled.
    public func cancel() {
        stream.cancel()
    }

    /// Ends the stream as a server does that shuts down: with UNAVAILABLE, so that the client subscribes again.
    public func shutDown() {
        stream.call.shutDown()
    }

    /// The status that the stream has ended with; nil before, and when it was cancelled.
    public var status: GRPCStatus? { stream.status }

    /// Waits for the end, and for all that the handler does after it.
    ///
    /// Unread publications are dropped meanwhile. A cancelled task cancels the stream and does not wait.
    ///
    /// - Returns: The status that the stream ended with; nil when it was cancelled.
    public func end() async -> GRPCStatus? {
        while await next() != nil {}
        // A cancelled task does not wait for what may never end.
        guard !Task.isCancelled else {
            cancel()
            return stream.status
        }
        await stream.call.finished()
        return stream.status
    }
}

extension TestSubscription: AsyncSequence {
    /// Makes an iterator over the publications for the client.
    public func makeAsyncIterator() -> Iterator {
        Iterator(stream: self)
    }

    /// Goes over the publications for the client.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let stream: TestSubscription

        /// The next publication for the client; nil when the stream is over.
        public mutating func next() async -> Publication? {
            await stream.next()
        }
    }
}

extension TestClient {
    /// Opens a stream and waits for its first answer.
    func open(_ event: ProxyEvent, _ message: [UInt8]) async throws -> TestSubscription {
        let unread = UnreadLimit(unreadLimit)
        let call = try await JoinedCall.open(
            event,
            of: service,
            message: message,
            metadata: metadata,
            timeout: timeout,
            unread: unread,
            logger: logger
        )
        let stream = ReadStream(call, unread: unread)
        guard let first = await stream.next() else {
            if stream.status == nil { stream.cancel() }
            await call.finished()
            throw stream.status ?? GRPCStatus(.cancelled)
        }
        let response = try StreamSubscribeResponse(wireBytes: first).subscribeResponse
        return TestSubscription(response: response ?? SubscribeResponse(), stream: stream)
    }
}
