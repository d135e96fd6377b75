#if JWT && HTTPBridge
import Synchronization
import UpstreamTestKit

@testable import ProxyTokensJWT

/// A clock of fetches that stands still until a test moves it.
final class ManualClock: Sendable {
    private struct Sleeper {
        let number: Int
        let end: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var count = 0
        var sleepers: [Sleeper] = []

        mutating func take(_ isTaken: (Sleeper) -> Bool) -> [Sleeper] {
            defer { sleepers.removeAll(where: isTaken) }
            return sleepers.filter(isTaken)
        }
    }

    /// How long sleepers are going to sleep, as each begins.
    let sleeps = Events<Duration>()
    private let state = Mutex(State())

    var refresh: RefreshClock {
        RefreshClock(now: { self.state.withLock(\.now) }, sleep: { try await self.sleep($0) })
    }

    func advance(by time: Duration) {
        let awake = state.withLock { state in
            state.now += time
            return state.take { [now = state.now] in $0.end <= now }
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    private func sleep(_ time: Duration) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    let end = state.now + time
                    state.sleepers.append(Sleeper(number: number, end: end, continuation: continuation))
                }
                sleeps.tell(time)
                // A cancellation before this point has not found the sleeper.
                if Task.isCancelled { wake(number) }
            }
        } onCancel: {
            wake(number)
        }
    }

    private func wake(_ number: Int) {
        let cancelled = state.withLock { state in state.take { $0.number == number } }
        for sleeper in cancelled { sleeper.continuation.resume(throwing: CancellationError()) }
    }
}
#endif
