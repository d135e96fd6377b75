/// The `grpc-timeout` header (gRPC over HTTP/2: Timeout): at most eight digits and a unit.
package enum GRPCTimeout {
    private static let maximumDigitCount = 8
    private static let maximumAmount: UInt64 = 99_999_999

    /// Reads a header value as nanoseconds; `nil` when it is malformed.
    ///
    /// A time above 5,124,095 hours does not fit and becomes `UInt64.max`, so adding it to a clock may overflow.
    package static func nanoseconds(_ value: UnsafeRawBufferPointer) -> UInt64? {
        guard value.count >= 2, value.count <= maximumDigitCount + 1 else { return nil }
        var amount: UInt64 = 0
        for byte in UnsafeRawBufferPointer(rebasing: value[..<(value.count - 1)]) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            amount = amount * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        guard let unit = Unit(rawValue: value[value.count - 1]) else { return nil }
        let (product, overflow) = amount.multipliedReportingOverflow(by: unit.nanoseconds)
        return overflow ? .max : product
    }

    /// Writes a header value, in the finest unit in which eight digits suffice.
    ///
    /// Rounds up, so that no deadline gets shorter.
    package static func headerValue(nanoseconds: UInt64) -> String {
        let unit = Unit.allCases.first { amount(nanoseconds, in: $0) <= maximumAmount } ?? .hour
        return "\(amount(nanoseconds, in: unit))\(Unicode.Scalar(unit.rawValue))"
    }

    private static func amount(_ nanoseconds: UInt64, in unit: Unit) -> UInt64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
        return remainder == 0 ? quotient : quotient + 1
    }

    /// The units by their letters in ASCII, from the finest to the coarsest.
    private enum Unit: UInt8, CaseIterable {
        case nanosecond = 0x6E
        case microsecond = 0x75
        case millisecond = 0x6D
        case second = 0x53
        case minute = 0x4D
        case hour = 0x48

        var nanoseconds: UInt64 {
            switch self {
            case .nanosecond: 1
            case .microsecond: 1000
            case .millisecond: 1_000_000
            case .second: 1_000_000_000
            case .minute: 60_000_000_000
            case .hour: 3_600_000_000_000
            }
        }
    }
}
