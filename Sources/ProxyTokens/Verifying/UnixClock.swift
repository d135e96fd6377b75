#if Tokens
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The source of time for the creation and expiry of tokens; tests provide their own.
public struct UnixClock: Sendable {
    private let read: @Sendable () -> Int64

    /// Makes a clock from a closure that returns the time, in unix seconds.
    public init(_ read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    /// The system's time.
    public static let system = UnixClock { Int64(Date().timeIntervalSince1970) }

    /// The time, in unix seconds.
    public var now: Int64 { read() }

    /// The time after a duration, which is rounded up to whole seconds; the latest time possible on overflow.
    package func time(after span: Duration) -> Int64 {
        let (seconds, attoseconds) = span.components
        let (whole, wholeOverflow) = seconds.addingReportingOverflow(attoseconds > 0 ? 1 : 0)
        let (time, overflow) = now.addingReportingOverflow(whole)
        return wholeOverflow || overflow ? .max : time
    }
}
#endif
