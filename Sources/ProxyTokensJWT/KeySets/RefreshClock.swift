#if JWT
/// The source of time for fetches; tests provide their own.
struct RefreshClock: Sendable {
    /// The time since some instant.
    let now: @Sendable () -> Duration
    /// Waits, and throws `CancellationError` when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    /// The system's time, which never goes back.
    static var system: RefreshClock {
        let start = ContinuousClock.now
        return RefreshClock(now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
    }
}
#endif
