#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells whose handler had the loop for longest in a tick.
///
/// It looks at the kernel's own note of the time, which is a few milliseconds old: a quarter of what the clock costs, and
/// good enough for what holds a loop. A job that ends no call, such as a stream's or the first part of a handler that waits
/// later, is nobody's.
struct HandlerClock {
    // What takes less does not hold a loop, and cannot be told from the age of the time.
    private static let shortest: UInt64 = 20_000_000

    private var mark: UInt64 = 0
    /// Nanoseconds of the longest one; without `name` of none.
    private(set) var longest = shortest
    /// Whose it was; nil when nobody's was long.
    private(set) var name: String?

    /// Begins a tick.
    mutating func begin(at now: UInt64) {
        mark = now
        guard name != nil else { return }
        longest = Self.shortest
        name = nil
    }

    /// What went on until now was no handler's, or nobody knows whose.
    mutating func skip(at now: UInt64 = HandlerClock.now) {
        mark = now
    }

    /// A call ended that had the loop to itself since the last of these.
    mutating func ended(_ call: any LoopCall, at now: UInt64 = HandlerClock.now) {
        if now > mark &+ longest {
            longest = now &- mark
            name = call.name
        }
        mark = now
    }

    /// Nanoseconds of `ServerLoop.clock`, at most some milliseconds ago.
    static var now: UInt64 {
        #if canImport(Darwin)
        clock_gettime_nsec_np(CLOCK_UPTIME_RAW_APPROX)
        #else
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        #endif
    }
}
