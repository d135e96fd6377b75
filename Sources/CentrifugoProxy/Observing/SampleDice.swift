/// Chooses calls by chance, for one event loop.
///
/// By numbers of its own (SplitMix64), since the system's cost a system call each. Nobody gains anything by foreseeing which
/// call is logged or traced.
struct SampleDice {
    private var state = UInt64.random(in: 0...UInt64.max)

    /// Whether the next call belongs to a share of all calls, from 0 to 1.
    mutating func chooses(_ share: Double) -> Bool {
        share >= 1 || (share > 0 && Double(next() >> 11) * 0x1p-53 < share)
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
