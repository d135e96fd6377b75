import Testing

@testable import CentrifugoProxy

@Suite struct SampleDiceTests {
    @Test(
        "chooses about the share that it is asked for",
        arguments: [(-1, 0...0), (0, 0...0), (.nan, 0...0), (0.01, 700...1_300), (0.5, 49_000...51_000)]
            as [(Double, ClosedRange<Int>)] + [(1, 100_000...100_000), (2, 100_000...100_000)]
    )
    func shares(share: Double, chosen: ClosedRange<Int>) {
        var dice = SampleDice()
        // The ranges are six standard deviations wide and more.
        let count = (0..<100_000).count { _ in dice.chooses(share) }
        #expect(chosen.contains(count), "\(count)")
    }

    @Test("chooses other calls on each loop")
    func loops() {
        var (one, other) = (SampleDice(), SampleDice())
        #expect((0..<100).map { _ in one.chooses(0.5) } != (0..<100).map { _ in other.chooses(0.5) })
    }
}
