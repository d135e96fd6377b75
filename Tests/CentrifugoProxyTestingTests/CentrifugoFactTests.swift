import CentrifugoModel
import Testing

/// Holds the simulator against what a real Centrifugo did: see Tests/CentrifugoFacts.
@Suite struct CentrifugoFactTests {
    /// Facts of which the simulator says something else, and why.
    private static let differing = [
        "auth-30-user-header-proxy-noresult": "client.user_id_http_header names the user, and not the answer",
        "map-16-publish-on-map-in-plain": "map commands in a namespace without a map fail after the answer",
    ]
    /// Facts with calls whose answers the simulator cannot express, and why.
    private static let inexpressible = [
        "answers-66-http-transform": "an HTTP status, and what the configuration makes of it",
        "map-06-subscribe-proxy": "a subscription to a map: the simulator does not know the namespace's type",
    ]
    /// Facts without an outcome: Centrifugo does not start.
    private static let unstarted: Set = ["gen-009", "gen-018", "gen-029", "gen-081", "gen-117"]
    /// Facts with an answer to calls that never come, which are held for the rest.
    private static let uncalled: Set = ["gen-077", "gen-114", "gen-127"]

    private let facts: [CentrifugoFact]
    private let configurations: [String: ConfigurationValue]

    init() throws {
        facts = try CentrifugoFact.all()
        configurations = Dictionary(uniqueKeysWithValues: facts.map { ($0.id, $0.config ?? .null) })
    }

    private func replay(_ fact: CentrifugoFact) throws -> FactReplay {
        // Configurations in other forms are those of the facts that they repeat.
        let parts = fact.id.split(separator: "-")
        let isRepeated = parts.first == "formgen"
        let source = isRepeated ? parts.suffix(2).joined(separator: "-") : fact.id
        return try FactReplay(fact, configuration: try #require(configurations[source]))
    }

    @Test("says what Centrifugo and its clients did")
    func outcomes() throws {
        for fact in facts {
            let replay = try replay(fact)
            let reason = Self.differing[fact.id]
            #expect(
                replay.differences.isEmpty == (reason == nil),
                "\(fact.id): \(replay.differences) and \(reason ?? "no reason")"
            )
            let gaps = Set(replay.gaps)
            #expect(gaps == Self.inexpressible[fact.id].map { [$0] } ?? [], "\(fact.id)")
        }
    }

    @Test("is held against every answer of the recording's backend")
    func count() throws {
        let answered = facts.filter { $0.backend != nil }
        #expect(answered.count == 142)
        var held = 0
        for fact in answered {
            let replay = try replay(fact)
            let events = Set(try #require(fact.backend).keys)
            #expect((fact.starts == false) == Self.unstarted.contains(fact.id), "\(fact.id)")
            if fact.starts == false || Self.inexpressible[fact.id] != nil { continue }
            let isAnswered = !replay.events.isDisjoint(with: events)
            #expect(isAnswered != Self.uncalled.contains(fact.id), "\(fact.id): \(replay.events)")
            #expect(replay.comparisons > 0, "\(fact.id)")
            held += 1
        }
        #expect(held == 136)
        #expect(facts.count == 217)
        let known = Set(facts.map(\.id))
        #expect(known.isSuperset(of: Array(Self.differing.keys) + Array(Self.inexpressible.keys)))
    }

    @Test("notices any other outcome")
    func otherOutcomes() throws {
        for var fact in facts {
            let events = try replay(fact).events
            if events.isEmpty { continue }
            for index in fact.commands.indices { fact.commands[index].answer = .object(["error": 9_999]) }
            #expect(try !replay(fact).differences.isEmpty, "\(fact.id)")
        }
    }
}
