#if HTTPBridge && Tokens
import CentrifugoProxy
import Testing
import TokenTestKit
import UpstreamTestKit

@testable import ProxyHTTPBridge

/// Which clients share a request about them.
@Suite(.timeLimit(.minutes(1))) struct HTTPConnectSharingTests {
    /// Answers with a user for each request, once the gate is open.
    private static func users(_ gate: Gate) -> TestUpstream.Answer {
        let tally = Tally()
        return { _, connection in
            let number = await tally.add()
            await gate.wait()
            try await connection.answer("200 OK", "{\"result\": {\"user\": \"\(number)\"}}")
        }
    }

    @Test("asks once for clients with equal credentials and data at the same time, and again later")
    func shared() async throws {
        let gate = Gate()
        try await HTTPConnectHandlerTests.run(answer: Self.users(gate)) { asked in
            let users = try await withThrowingTaskGroup(of: String.self) { calls in
                for number in 0..<50 {
                    calls.addTask { try await asked.connect("c\(number)", metadata: ["cookie": "a"], data: "{}").user }
                }
                for _ in 0..<49 { _ = await asked.joins.next() }
                await gate.open()
                return try await calls.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(users == ["1"])
            try await #expect(asked.connect("c", metadata: ["cookie": "a"], data: "{}").user == "2")
            #expect(await asked.upstream.requests.all().count == 2)
            #expect(asked.outcomes() == ["answered": 51])
        }
    }

    /// Two clients that must never get each other's answer.
    static let strangers: [(Metadata, String, Metadata, String)] = [
        (["cookie": "a"], "", ["cookie": "b"], ""),
        (["cookie": "a"], "1", ["cookie": "a"], "2"),
        (["cookie": "a"], "", ["cookie": "a", "user-agent": "x"], ""),
        // Clients that nobody can tell apart.
        ([:], "", [:], ""), ([:], "{}", [:], "{}"), (["user-agent": "x"], "", ["user-agent": "x"], ""),
        (["cookie": ""], "", ["cookie": ""], ""),
    ]

    @Test("never lets others share a request", arguments: strangers.indices)
    func apart(index: Int) async throws {
        let (first, firstData, second, secondData) = Self.strangers[index]
        let gate = Gate()
        try await HTTPConnectHandlerTests.run(answer: Self.users(gate)) { asked in
            async let one = asked.connect("c1", metadata: first, data: firstData).user
            async let two = asked.connect("c2", metadata: second, data: secondData).user
            // Both requests are under way at the same time.
            for _ in 0..<2 { _ = await asked.upstream.requests.next() }
            await gate.open()
            try await #expect(Set([one, two]) == ["1", "2"])
        }
    }

    @Test("asks for each client when that is configured")
    func off() async throws {
        let gate = Gate()
        try await HTTPConnectHandlerTests.run(change: { $0.sharesRequests = false }, answer: Self.users(gate)) {
            asked in
            async let one = asked.connect("c1", metadata: ["cookie": "a"]).user
            async let two = asked.connect("c2", metadata: ["cookie": "a"]).user
            for _ in 0..<2 { _ = await asked.upstream.requests.next() }
            await gate.open()
            try await #expect(Set([one, two]) == ["1", "2"])
        }
    }

    @Test("fails all that share a request, and lets one that is cancelled leave")
    func failing() async throws {
        let gate = Gate()
        let answer: TestUpstream.Answer = { _, connection in
            await gate.wait()
            try await connection.answer("500 No")
        }
        try await HTTPConnectHandlerTests.run(answer: answer) { asked in
            let first = Task { try await asked.connect("c1", metadata: ["cookie": "a"]) }
            _ = await asked.upstream.requests.next()
            let second = Task { try await asked.connect("c2", metadata: ["cookie": "a"]) }
            _ = await asked.joins.next()
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            await gate.open()
            await #expect(throws: CentrifugoError.unavailable) { try await second.value }
            #expect(asked.outcomes() == ["cancelled": 1, "bad_answer": 1])
        }
    }
}
#endif
