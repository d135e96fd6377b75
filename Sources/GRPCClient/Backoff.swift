/// How long a client waits before it connects again: a random time up to a limit that doubles with each failure ("full
/// jitter"), so that the clients of a server that comes back do not all arrive at once.
package struct Backoff: Sendable {
    /// The limit after the first failure.
    package var first = Duration.seconds(1)
    /// The largest limit.
    package var most = Duration.seconds(30)

    package init() {}

    /// The limit after so many failures in a row.
    func limit(failures: Int) -> Duration {
        // More doublings would make no difference to any limit, and might not fit.
        min(first * (1 << min(max(failures - 1, 0), 20)), most)
    }

    /// The time to wait after so many failures in a row.
    func delay(failures: Int) -> Duration {
        limit(failures: failures) * Double.random(in: 0...1)
    }
}
