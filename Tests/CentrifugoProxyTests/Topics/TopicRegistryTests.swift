import HTTP2FrameKit
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct TopicRegistryTests {
    private static func registry(_ patterns: [String]) throws -> TopicRegistry {
        var registry = TopicRegistry()
        for pattern in patterns { try registry.register(pattern, TopicRule()) }
        return registry
    }

    @Test(
        "prefers an exact channel to patterns, and the first pattern before later ones",
        arguments: [
            ("chat.lobby", "chat.lobby"), ("chat.hall", #"chat.{room:[a-z]+}"#), ("chat.7", "chat.{room}"),
            ("chat", "chat[.{room}.{tab}]"), ("chat.a.b", "chat[.{room}.{tab}]"), ("chat.a.b.c", nil), ("", nil),
        ]
    )
    func order(channel: String, pattern: String?) throws {
        let registry = try Self.registry([#"chat.{room:[a-z]+}"#, "chat.{room}", "chat.lobby", "chat[.{room}.{tab}]"])
        #expect(registry.match(channel)?.pattern.text == pattern)
        #expect(registry.patterns.count == 4)
    }

    @Test(
        "refuses a pattern that would never match",
        arguments: [
            (["a", "a"], "\"a\" is registered twice"),
            (["a.{x}", "a.{x}"], "\"a.{x}\" is registered twice"),
            (["a.{x}", "a.{y}"], "\"a.{x}\" and \"a.{y}\" match the same channels"),
            ([#"a.{x:\d+}"#, "a.{y:[0-9]{1,}}"], "match the same channels"),
            (["a[.{x}]", "a"], "register \"a\" first"),
            (["a[.{x}]", "a.{y}"], "register \"a.{y}\" first"),
            (["u-{id}", "u-{id}-x"], "register \"u-{id}-x\" first"),
            (["a.{x}", #"a.{y:\d+}"#], "never matches"),
            (["a.{x:.+}", "a.{y}.{z}"], "never matches"),
            (["b", "a.{x}", "c", #"a.{y:\w+}"#], "match all its channels: \"a.{x}\"; register"),
            (["a", "a.{x}", "a[.{y}]"], "match all its channels: \"a.{x}\", \"a\"; register"),
        ]
    )
    func conflicts(patterns: [String], reason: String) throws {
        var registry = try Self.registry(patterns.dropLast())
        let error = #expect(throws: TopicError.self) { try registry.register(patterns.last ?? "", TopicRule()) }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(registry.patterns.count == patterns.count - 1)
    }

    @Test(
        "accepts patterns that match some channels",
        arguments: [
            ["a.{x}", "a.lobby"], ["a", "a[.{x}]"], [#"a.{y:\d+}"#, "a.{x}"], ["u-{id}-x", "u-{id}"],
            ["a.{x}", "b.{x}"], ["{x}.a", "a.{x}"], ["{x:[ab]+}", "{x:[bc]+}"], ["u-{id}-{tab}", "u-{id}"],
        ]
    )
    func compatible(patterns: [String]) throws {
        #expect(try Self.registry(patterns).patterns.count == patterns.count)
    }

    @Test("refuses a rule that asks for a parameter which its pattern does not have")
    func missingParameter() throws {
        var registry = TopicRegistry()
        let error = #expect(throws: TopicError.self) {
            try registry.register("user-{id}", .allow(.anyone, publish: .any(.authenticated, .owner("user"))))
        }
        #expect(error?.code == .unknownParameter)
        #expect(error?.message.contains("{user}") == true)
        try registry.register("user-{id}", .allow(.owner("id")))
    }

    @Test("looks a channel up in the same number of steps for any number of patterns")
    func cost() throws {
        var registry = TopicRegistry()
        var steps: [Int] = []
        for number in 0..<1_000 {
            let letters =
                String(UnicodeScalar(UInt8(97 + number % 26))) + String(UnicodeScalar(UInt8(97 + number / 26 % 26)))
            try registry.register("\(letters)\(number):room.{room}[.{tab}]", TopicRule())
            if [9, 99, 999].contains(number) { steps.append(registry.steps(for: "aa0:room.lobby.7")) }
        }
        #expect(registry.match("aa0:room.lobby.7")?.values == ["room": "lobby", "tab": "7"])
        #expect(Set(steps).count == 1, "\(steps)")
    }

    /// Patterns of every sort that a large registry may have, by their number.
    static let families: [@Sendable (Int) -> String] = [
        { "news-\($0)" }, { "room\($0)-{id}" }, { "{tenant}:news\($0)" }, { "{tenant:[a-z]+}:n\($0).{id}[.{tab}]" },
        { "a.\($0)[.{x}]" }, { $0.isMultiple(of: 2) ? "{x}:\($0)" : "t\($0):{y}" },
    ]

    @Test(
        "finds conflicts in time that grows linearly with the patterns",
        arguments: families.indices
    )
    func growth(family: Int) throws {
        var registry = TopicRegistry()
        var steps: [Int] = []
        for number in 0..<800 {
            try registry.register(Self.families[family](number), TopicRule())
            if [199, 799].contains(number) { steps.append(registry.conflictSteps) }
        }
        // Longer numbers take a few steps more; the square would be sixteen times.
        #expect(steps[1] < 6 * steps[0], "\(steps)")
    }

    @Test("finds the same conflicts as trying each pattern with each other")
    func reference() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let parts = ["a", "b", ".", "-", "{P}", #"{P:\d+}"#, "{P:[ab]+}", "{P:.+}", "{P:a}", "[a]", "[.{P}]", "1"]
        var refused = 0
        for _ in 0..<150 {
            var registry = TopicRegistry()
            for _ in 0..<12 {
                var names = 0
                let text = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    names += 1
                    return (parts.randomElement(using: &random) ?? "").replacing("P", with: "p\(names)")
                }
                .joined()
                guard let pattern = try? TopicPattern(text) else { continue }
                let isTaken = pattern.variants.allSatisfy { variant in
                    registry.patterns.contains { $0.takes(variant) }
                }
                let isRefused = (try? registry.register(text, TopicRule())) == nil
                #expect(isRefused == isTaken, "seed \(seed), \(registry.patterns), \(text)")
                refused += isRefused ? 1 : 0
            }
        }
        #expect(refused > 50, "seed \(seed)")
    }

    @Test("looks hostile channels up in few steps")
    func hostile() throws {
        let registry = try Self.registry(["{x:(a|aa)+b}", "{a}", "{a}.{b}", "{a}.{b}.{c}", "{a:[a.]+}:{b:.+}", "x"])
        let long = String(repeating: "a", count: 100_000)
        for channel in ["", long, long + ".", String(repeating: ".", count: 300), long + "\0", "\0", "é" + long] {
            #expect(registry.steps(for: channel) < 20)
        }
        #expect(registry.match(long)?["a"] == long)
        #expect(registry.match(long + "b")?["x"] == long + "b")
    }
}
