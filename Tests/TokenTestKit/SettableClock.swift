#if Tokens
package import ProxyTokens
import Synchronization

/// A clock that a test sets.
package final class SettableClock: Sendable {
    private let time: Mutex<Int64>

    package init(at time: Int64 = 1_900_000_000) {
        self.time = Mutex(time)
    }

    package var now: Int64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    package func advance(by seconds: Int64) {
        time.withLock { $0 += seconds }
    }

    package var unix: UnixClock {
        UnixClock { self.now }
    }
}
#endif
