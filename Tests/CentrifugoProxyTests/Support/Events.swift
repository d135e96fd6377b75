import NIOConcurrencyHelpers

/// Events from elsewhere, which a test waits for one by one.
final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func tell(_ event: Event) {
        continuation.yield(event)
    }

    /// The next event; one test waits at a time.
    func next() async -> Event? {
        await stream.first { _ in true }
    }
}

/// Holds tasks up until a test opens it; a cancelled task goes on at once.
final class Gate: Sendable {
    private enum State {
        case closed([Int: CheckedContinuation<Void, Never>], next: Int)
        case open
    }

    // Not the standard library's Mutex: ThreadSanitizer does not see it change hands, and reports what it guards.
    private let state = NIOLockedValueBox(State.closed([:], next: 0))

    /// Waits for the gate to open, or for the task to be cancelled.
    func pass() async {
        let ticket = state.withLockedValue { state -> Int? in
            guard case .closed(let waiting, let next) = state else { return nil }
            state = .closed(waiting, next: next + 1)
            return next
        }
        guard let ticket else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayGo = state.withLockedValue { state in
                    guard case .closed(var waiting, let next) = state, !Task.isCancelled else { return true }
                    waiting[ticket] = continuation
                    state = .closed(waiting, next: next)
                    return false
                }
                if mayGo { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
                guard case .closed(var waiting, let next) = state else { return nil }
                let continuation = waiting.removeValue(forKey: ticket)
                state = .closed(waiting, next: next)
                return continuation
            }
            continuation?.resume()
        }
    }

    func open() {
        let waiting = state.withLockedValue { state -> [CheckedContinuation<Void, Never>] in
            guard case .closed(let waiting, _) = state else { return [] }
            state = .open
            return Array(waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }
}
