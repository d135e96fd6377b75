/// Holds a scrape up until a test lets it go on.
struct ScrapeGate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let opening = AsyncStream.makeStream(of: Void.self)

    /// Waits until the gate is open.
    func pass() async {
        arrivals.continuation.yield()
        for await _ in opening.stream {}
    }

    /// Waits until somebody waits at the gate.
    func reached() async {
        for await _ in arrivals.stream { break }
    }

    func open() { opening.continuation.finish() }
}
