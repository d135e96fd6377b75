import Testing

@testable import HTTP2Transport

@Suite struct ActorQueueTests {
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

    private static func numbers(of queue: ActorQueue) -> [Int] {
        var numbers: [Int] = []
        while let call = queue.next() as? Call { numbers.append(call.number) }
        return numbers
    }

    @Test("returns calls in their order, also those that arrive meanwhile")
    func order() {
        let queue = ActorQueue(actor: Handler())
        #expect(!queue.hasWaiting)
        for number in 0..<3 { queue.append(Call(number)) }
        #expect(queue.hasWaiting)
        #expect((queue.next() as? Call)?.number == 0)
        queue.append(Call(3))
        #expect(Self.numbers(of: queue) == [1, 2, 3])
        #expect(!queue.hasWaiting)
        queue.append(Call(4))
        #expect(Self.numbers(of: queue) == [4])
    }

    @Test("skips calls that were cancelled while they waited", arguments: [[0], [2], [4], [0, 1, 2, 3, 4], []])
    func cancelled(numbers: [Int]) {
        let queue = ActorQueue(actor: Handler())
        for number in 0..<5 {
            let call = Call(number)
            call.loopState.isCancelled = numbers.contains(number)
            queue.append(call)
        }
        #expect(Self.numbers(of: queue) == (0..<5).filter { !numbers.contains($0) })
        #expect(!queue.hasWaiting)
    }
}
