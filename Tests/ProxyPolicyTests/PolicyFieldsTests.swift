import CentrifugoProxy
import Testing

@testable import ProxyPolicy

/// Refused values at every key of the policy, found by the rows of its reference.
@Suite struct PolicyFieldsTests {
    private static let lists: Set = ["listeners", "topics", "connect.channels"]
    /// What a section needs before its numbers are read.
    private static let needs = [
        "topics": "pattern: a, who: anyone", "connect.channels": "pattern: a", "tokens.postgres": "connection: a",
        "rpc.http": "base_url: a, allow: [\"get:a\"]", "connect.http": "url: a",
    ]

    /// A policy with a value at one key, which has a line of its own.
    private static func policy(_ row: PolicyReferenceTests.Row, _ value: String, withNeeds: Bool = false) -> String {
        var yaml = "\(row.key): \(value)"
        if withNeeds, let needs = needs[row.section] { yaml += ", \(needs)" }
        var parts = row.section.split(separator: ".").map(String.init)
        while let last = parts.popLast() {
            let path = (parts + [last]).joined(separator: ".")
            yaml = "\(last): \(lists.contains(path) ? "[{\n\(yaml)\n}]" : "{\n\(yaml)\n}")"
        }
        return yaml
    }

    private static func mistake(_ row: PolicyReferenceTests.Row, _ value: String, withNeeds: Bool = false) -> String? {
        do {
            _ = try Policy(yaml: policy(row, value, withNeeds: withNeeds), name: "p.yaml")
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The line that ``policy(_:_:)`` has the key in.
    private static func line(of row: PolicyReferenceTests.Row) -> Int {
        1 + row.section.split(separator: ".").count
    }

    /// Invalid values: as a value, in a list, in a map.
    static let noValues = [
        "[null]", "[~]", "[Null]", "[a, ~]", "[\"\"]", "[[null]]", "{a: [null]}", "{a: {b: [~]}}", "{~: a}",
        "{null: a}",
        "{\"\": a}", "\"${NAME}\"", "\"a${NAME}b\"", "[\"${NAME}\"]", "{a: \"${NAME}\"}", "{\"${NAME}\": a}",
        "{a: [{b: \"${NAME}\"}]}",
    ]

    @Test("refuses invalid values, with line and key", arguments: PolicyReferenceTests.rows, noValues)
    func noValue(row: PolicyReferenceTests.Row, value: String) throws {
        let said = try #require(Self.mistake(row, value))
        #expect(said.hasPrefix("p.yaml:\(Self.line(of: row)): "), "\(said)")
        #expect(said.contains(row.key) && !said.contains("not known"), "\(said)")
        let reasons = [
            "is empty; write a value, or remove the item", "has a value without a key", "placeholder ${NAME}",
        ]
        #expect(reasons.contains { said.contains($0) }, "\(said)")
    }

    @Test(
        "refuses an invalid name or value in a map",
        arguments: ["~", "null", "", "\"\""],
        ["rpc: {http: {base_url: a, allow: [], headers: {x: VALUE}}}", "limits: {idle_timeout: VALUE}"]
    )
    func maps(value: String, yaml: String) {
        let error = #expect(throws: PolicyError.self) {
            try Policy(yaml: yaml.replacing("VALUE", with: value), name: "p.yaml")
        }
        #expect(error.map { "\($0)" }?.hasPrefix("p.yaml:1: ") == true)
    }

    @Test("accepts a dollar sign without a placeholder, and a channel's parameter after one")
    func dollars() throws {
        let policy = try Policy(
            yaml:
                "secret: {key: k, values: [\"a$b{c}\", \"$NAME\", \"${}\", \"null \"]}\ntopics: [{pattern: \"${user}\", who: owner}]",
            name: "p"
        )
        #expect(policy.secret?.values.map(\.text) == ["a$b{c}", "$NAME", "${}", "null "])
        #expect(policy.topics[0].pattern == "${user}")
        // In quotation marks it is a text.
        #expect(
            try Policy(yaml: "secret: {key: k, values: [\"null\"]}", name: "p").secret?.values.map(\.text) == ["null"]
        )
    }

    @Test("refuses a small file that aliases make a huge one")
    func aliases() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            yaml += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        let error = #expect(throws: PolicyError.self) { try Policy(yaml: yaml, name: "p") }
        #expect(error.map { "\($0)" }?.contains("more than 1000000 values; make it smaller") == true)
    }

    // MARK: Numbers

    /// The rows whose value is a number, a size or a time, by their defaults.
    static let numbers = PolicyReferenceTests.rows.filter { row in
        row.standard.firstMatch(of: /^[0-9_]+(ms|s|min|h|d|KiB|MiB)?$/) != nil && row.key != "mode"
            || [
                "listeners.tcp", "executor.event_loops", "connect.channels.lifetime", "topics.lifetime",
                "limits.max_connection_age",
            ]
            .contains(row.path)
    }

    /// For these, zero means at once.
    private static let zeroes: Set = ["limits.drain_delay", "limits.grace_period", "limits.stream_drain_window"]

    static let senselessNumbers = [
        "0", "0s", "0ms", "-1", "-1s", "1e3", "1.5", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999", "3651d", "9223372036854775807d", "9223372036854775807GiB", "1TiB",
        "9999999999GiB",
    ]

    /// Without rows, nothing would be tested.
    @Test("finds the numbers")
    func found() {
        #expect(Self.numbers.count > 30)
        #expect(Self.numbers.filter { $0.section == "limits" }.count == LimitsPolicy.all.count)
    }

    @Test("refuses numbers out of their range, at every numeric key", arguments: numbers, senselessNumbers)
    func senseless(row: PolicyReferenceTests.Row, value: String) async throws {
        if Self.zeroes.contains(row.path), ["0s", "0ms"].contains(value) { return }
        let address = row.key == "tcp" ? "\"a:\(value == "0" ? "-0x" : value)\"" : value
        let said = try #require(Self.mistake(row, address, withNeeds: true), "\(row.path): \(value)")
        #expect(said.contains(row.key), "\(said)")
        #expect(!said.contains("needs") && !said.contains("missing"), "\(said)")
    }

    @Test("accepts 0 for times that mean at once", arguments: zeroes.sorted())
    func zero(path: String) throws {
        let row = try #require(PolicyReferenceTests.rows.first { $0.path == path })
        #expect(Self.mistake(row, "0s") == nil)
    }

    // MARK: Names

    @Test(
        "refuses names of what does not exist, and lists that name nothing",
        arguments: [
            (
                "connect: {anonymous: true, channels: [\"user-{usr}\"]}",
                "connect.channels[0]: The pattern \"user-{usr}\" has the parameter {usr}"
            ),
            ("connect: {anonymous: true, channels: [a, \"a[.{desk}]\"]}", "connect.channels[1]: The pattern"),
            ("topics: [{pattern: \"user-{usr}\", who: owner}]", "topics[0]: The rule for the topic pattern"),
            (
                "tokens: {jwt: {jwks: a}, metadata_key: \"a b\"}",
                "tokens.metadata_key is \"a b\", which is not a metadata key"
            ),
            ("topics: [{pattern: a, who: {roles: []}}]", "topics[0].who.roles is an empty list"),
            ("topics: [{pattern: a, who: anyone, publish: {roles: []}}]", "topics[0].publish.roles is an empty list"),
            (
                "connect: {anonymous: true, channels: [{pattern: a, roles: []}]}",
                "connect.channels[0].roles is an empty list"
            ),
        ]
    )
    func names(yaml: String, sentence: String) async {
        do {
            try await Policy(yaml: yaml, name: "p").check(logger: .silent)
            Issue.record("no mistake")
        } catch {
            #expect("\(error)".contains(sentence), "\(error)")
        }
    }

    @Test("writes a long policy as it reads it")
    func long() throws {
        let topics = (0..<200).map { "  - {pattern: \"a\($0).{user}\", who: owner, lifetime: \($0 + 1)s}" }.joined(
            separator: "\n"
        )
        let channels = (0..<130).map { "c\($0)" }.joined(separator: ", ")
        let yaml =
            "connect: {anonymous: true, channels: [\(channels), {pattern: d, roles: [\"7\"]}]}\ntopics:\n\(topics)"
        let policy = try Policy(yaml: yaml, name: "p")
        #expect(try Policy(yaml: policy.effectiveYAML(), name: "again") == policy)
        #expect(policy.topics.count == 200 && policy.connect?.channels.count == 131)
    }

    // MARK: Parts of the build

    @Test(
        "names all missing traits together, and keeps those of the build",
        arguments: [
            (
                [],
                "tokens.jwt and rpc.http are not part of this build; build centrifugo-proxy with --traits JWT,HTTPBridge: swift"
            ),
            (["JWT"], "rpc.http is not part of this build; build centrifugo-proxy with --traits JWT,HTTPBridge: swift"),
            (
                ["SQLite", "HTTPBridge"],
                "build centrifugo-proxy with --traits SQLite,HTTPBridge,JWT: swift build -c release"
            ),
        ]
    )
    func traits(built: [String], sentence: String) throws {
        let yaml = "tokens: {jwt: {jwks: a}}\nrpc: {http: {base_url: a, allow: [\"get:a\"]}}"
        let policy = try Policy(yaml: yaml, name: "p")
        let error = #expect(throws: PolicyError.self) { try policy.requireParts(built: built) }
        #expect(error.map { "\($0)" }?.contains(sentence) == true, "\(String(describing: error))")
        #expect(throws: Never.self) { try policy.requireParts(built: ["JWT", "HTTPBridge"]) }
        let remote = try Policy(
            yaml: "tokens: {jwt: {jwks: \"https://a/\"}}\nrpc: {http: {base_url: a, allow: [\"get:a\"]}}",
            name: "p"
        )
        let both =
            "tokens.jwt.jwks by URL and rpc.http are not part of this build; build centrifugo-proxy with --traits "
        let missing = #expect(throws: PolicyError.self) { try remote.requireParts(built: ["JWT"]) }
        #expect(
            missing?.description.hasPrefix(both + "JWT,HTTPBridge: swift") == true,
            "\(String(describing: missing))"
        )
        // Tokens can be made without the part that serves RPC.
        #expect(throws: Never.self) { try policy.requireParts(["tokens.jwt"], built: ["JWT"]) }
    }
}
