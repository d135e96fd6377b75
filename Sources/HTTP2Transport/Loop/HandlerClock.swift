#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the handler that held the loop longest in a tick.
///
/// It reads the kernel's cached time, which is a few milliseconds old: far cheaper than the exact clock, and good
/// enough to notice a handler that holds the loop. A job that ends no call, such as a stream's or the first part of a
/// handler that suspends, is attributed to no handler.
struct HandlerClock {
    // Shorter times do not hold up a loop, and are within the error of the cached time.
    private static let shortest: UInt64 = 20_000_000

    private var mark: UInt64 = 0
    /// Nanoseconds of the longest handler; meaningful only with a `name`.
    private(set) var longest = shortest
    /// The name of the call whose handler took that long; nil when none did.
    private(set) var name: String?

    /// Begins a tick.
    mutating func begin(at now: UInt64) {
        mark = now
        guard name != nil else { return }
        longest = Self.shortest
        name = nil
    }

    /// Attributes the time until now to no handler.
    mutating func skip(at now: UInt64 = HandlerClock.now) {
        mark = now
    }

    /// Attributes the time since the last mark to a call that has ended.
    mutating func ended(_ call: any LoopCall, at now: UInt64 = HandlerClock.now) {
        if now > mark &+ longest {
            longest = now &- mark
            name = call.name
        }
        mark = now
    }

    /// Nanoseconds of `ServerLoop.clock`, up to a few milliseconds late.
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
