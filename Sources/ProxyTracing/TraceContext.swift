import Tracing

/// What identifies a span to other services: W3C's Trace Context, level 1.
struct TraceContext: Sendable, Hashable {
    /// 128 random bits, not all zero.
    var traceID: (high: UInt64, low: UInt64)
    /// 64 random bits, not all zero.
    var spanID: UInt64
    var isSampled: Bool
    /// What other tracers keep in the context, as it came.
    var state = ""

    /// The most bytes of a state that are kept (§3.3.1.5 asks for 512 at least).
    private static let mostState = 512

    /// Makes the context of a new trace.
    static func root() -> TraceContext {
        TraceContext(
            traceID: (UInt64.random(in: .min ... .max), UInt64.random(in: 1 ... .max)),
            spanID: UInt64.random(in: 1 ... .max),
            isSampled: true
        )
    }

    init(traceID: (high: UInt64, low: UInt64), spanID: UInt64, isSampled: Bool, state: String = "") {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// Reads the headers `traceparent` and `tracestate`; nil for what the specification tells to ignore (§3.2.2, §4.3).
    init?(traceparent: String, tracestate: String? = nil) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
            let version = Self.number(parts[0]), version != 0xFF, version != 0 || parts.count == 4,
            let high = Self.number(parts[1].prefix(16)), let low = Self.number(parts[1].suffix(16)), high | low != 0,
            let span = Self.number(parts[2]), span != 0, let flags = Self.number(parts[3])
        else { return nil }
        let state = tracestate ?? ""
        self.init(
            traceID: (high, low),
            spanID: span,
            isSampled: flags & 1 == 1,
            state: Self.isValid(state) ? state : ""
        )
    }

    /// Whether a text is a list of at most 32 members `key=value` (§3.3.1).
    private static func isValid(_ state: String) -> Bool {
        let members = state.utf8.split(separator: UInt8(ascii: ","))
        guard state.utf8.count <= mostState, members.count <= 32 else { return false }
        return members.allSatisfy { member in
            let parts = member.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
                && member.allSatisfy { 0x20...0x7E ~= $0 || $0 == UInt8(ascii: "\t") }
        }
    }

    /// The header `traceparent`.
    var traceparent: String { "00-\(traceIDText)-\(Self.text(spanID))-\(isSampled ? "01" : "00")" }

    /// The trace's identifier in hexadecimal.
    var traceIDText: String { Self.text(traceID.high) + Self.text(traceID.low) }

    /// The trace's identifier on the wire.
    var traceIDBytes: [UInt8] { Self.bytes(traceID.high) + Self.bytes(traceID.low) }

    /// The span's identifier on the wire.
    var spanIDBytes: [UInt8] { Self.bytes(spanID) }

    static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func text(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Reads lower-case hexadecimal digits, up to 16.
    private static func number(_ digits: some Sequence<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    static func == (left: TraceContext, right: TraceContext) -> Bool {
        left.traceID == right.traceID && left.spanID == right.spanID && left.isSampled == right.isSampled
            && left.state == right.state
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(spanID)
    }
}

extension ServiceContext {
    private enum TraceContextKey: ServiceContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "otlp-trace-context" }
    }

    /// The span of ``OTLPTracer`` that is current.
    var traceContext: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
