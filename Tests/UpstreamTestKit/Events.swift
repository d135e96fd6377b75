#if HTTPBridge
/// Events from elsewhere, which a test waits for one by one.
package final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    package func tell(_ event: Event) {
        continuation.yield(event)
    }

    /// The next event; one test waits at a time.
    package func next() async -> Event? {
        await stream.first { _ in true }
    }

    /// Ends the events, so that all of them can be read.
    package func all() async -> [Event] {
        continuation.finish()
        return await stream.reduce(into: []) { $0.append($1) }
    }
}
#endif
