import Testing

@testable import HTTP2Transport

@Suite struct LaneTests {
    private actor Handler {}

    /// A call that does nothing.
    private final class Call: LoopCall {
        var loopState = LoopCallState()
        let number: Int

        init(_ number: Int) {
            self.number = number
        }

        nonisolated(nonsending) func run() async {}
        func finish() {}
        func deadlinePassed() {}
    }

    private static func numbers(of lane: Lane) -> [Int] {
        var numbers: [Int] = []
        while let call = lane.next() as? Call { numbers.append(call.number) }
        return numbers
    }

    @Test("hands out calls in their order, also those that come while it does")
    func order() {
        let lane = Lane(actor: Handler())
        #expect(!lane.hasWaiting)
        for number in 0..<3 { lane.append(Call(number)) }
        #expect(lane.hasWaiting)
        #expect((lane.next() as? Call)?.number == 0)
        lane.append(Call(3))
        #expect(Self.numbers(of: lane) == [1, 2, 3])
        #expect(!lane.hasWaiting)
        lane.append(Call(4))
        #expect(Self.numbers(of: lane) == [4])
    }

    @Test("passes over calls that were cancelled while they waited", arguments: [[0], [2], [4], [0, 1, 2, 3, 4], []])
    func cancelled(numbers: [Int]) {
        let lane = Lane(actor: Handler())
        for number in 0..<5 {
            let call = Call(number)
            call.loopState.isCancelled = numbers.contains(number)
            lane.append(call)
        }
        #expect(Self.numbers(of: lane) == (0..<5).filter { !numbers.contains($0) })
        #expect(!lane.hasWaiting)
    }
}
