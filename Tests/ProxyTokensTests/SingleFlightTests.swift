#if Tokens
import CentrifugoProxy
import Testing
import TokenTestKit

@Suite(.timeLimit(.minutes(1))) struct SingleFlightTests {
    private struct Outage: Error {}

    @Test("makes one lookup of a thousand at the same time")
    func shared() async throws {
        let looks = Tally()
        let joins = Tally()
        let flights = SingleFlight<String, Int> { Task { await joins.add() } }
        let gate = Gate()
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    try await flights.value(for: "a") {
                        await gate.wait()
                        return await looks.add()
                    }
                }
            }
            await joins.reach(999)
            await gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: 1, count: 1_000))
        #expect(await looks.count == 1)
    }

    @Test("looks up each key, and again when a lookup is over")
    func separate() async throws {
        let looks = Tally()
        let flights = SingleFlight<String, Int>()
        for (number, key) in ["a", "b", "a", "a"].enumerated() {
            let answer = try await flights.value(for: key) { await looks.add() }
            #expect(answer == number + 1)
        }
    }

    @Test("keeps the others waiting when one is cancelled, also the one that began")
    func oneCancelled() async throws {
        let joins = Tally()
        let began = Tally()
        let flights = SingleFlight<String, Int> { Task { await joins.add() } }
        let gate = Gate()
        @Sendable func look() async throws -> Int {
            await began.add()
            await gate.wait()
            try Task.checkCancellation()
            return 7
        }
        let first = Task { try await flights.value(for: "a", look: look) }
        await began.reach(1)
        let second = Task { try await flights.value(for: "a", look: look) }
        let third = Task { try await flights.value(for: "a", look: look) }
        await joins.reach(2)
        for task in [first, third] {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        await gate.open()
        #expect(try await second.value == 7)
        #expect(await began.count == 1)
    }

    @Test("cancels the lookup when the last caller leaves, and starts again for the next one")
    func allCancelled() async throws {
        let began = Tally()
        let flights = SingleFlight<String, Int>()
        let cancelled = Gate()
        let waiting = Task {
            try await flights.value(for: "a") {
                await began.add()
                await withTaskCancellationHandler {
                    await cancelled.wait()
                } onCancel: {
                    Task { await cancelled.open() }
                }
                return 1
            }
        }
        await began.reach(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await cancelled.wait()
        #expect(try await flights.value(for: "a") { 2 } == 2)
    }

    @Test("ends at once for a task that is cancelled already")
    func cancelledBefore() async {
        let flights = SingleFlight<String, Int>()
        let gate = Gate()
        let never = Gate()
        let task = Task {
            await gate.wait()
            return try await flights.value(for: "a") {
                await never.wait()
                return 1
            }
        }
        task.cancel()
        await gate.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        await never.open()
    }

    @Test("fails for all callers, and does not remember it")
    func failure() async throws {
        let joins = Tally()
        let flights = SingleFlight<String, Int> { Task { await joins.add() } }
        let gate = Gate()
        let tasks = (0..<10).map { _ in
            Task {
                try await flights.value(for: "a") {
                    await gate.wait()
                    throw Outage()
                }
            }
        }
        await joins.reach(9)
        await gate.open()
        for task in tasks { await #expect(throws: Outage.self) { try await task.value } }
        #expect(try await flights.value(for: "a") { 3 } == 3)
    }
}
#endif
