import CentrifugoProxy
import Foundation
import Testing
import Yams

@testable import ProxyPolicy

/// Compares the page *The policy file* of the documentation with what the server reads.
@Suite struct PolicyReferenceTests {
    /// A row of the page.
    struct Row: Sendable, CustomTestStringConvertible {
        let section: String
        let key: String
        let standard: String

        var path: String { section.isEmpty ? key : "\(section).\(key)" }
        var testDescription: String { path }
    }

    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/CentrifugoProxy/CentrifugoProxy.docc/PolicyReference.md").standardized

    static let rows: [Row] = {
        var section: String?
        var rows: [Row] = []
        for line in ((try? String(contentsOf: page, encoding: .utf8)) ?? "").split(separator: "\n") {
            if line.hasPrefix("### ") { section = line == "### Top level" ? "" : String(line.dropFirst(4)) }
            if let section, let row = line.wholeMatch(of: /\| `([a-z_]+)` \| (.*?) ?\| .+ \|/) {
                rows.append(Row(section: section, key: "\(row.1)", standard: "\(row.2)"))
            }
        }
        return rows
    }()

    static let sections = Array(Set(rows.map(\.section))).sorted()

    /// Sections whose keys are in another place on the page.
    private static let elsewhere = ["connect.channels.options": "topics.options"]
    /// Values that may also be mappings, which their rows show.
    private static let inline: Set = ["topics.who", "topics.publish"]
    private static let lists: Set = ["listeners", "topics", "connect.channels"]
    /// What a section needs before it is read to its end.
    private static let needs = ["topics": ["pattern: a", "who: anyone"], "connect.channels": ["pattern: a"]]

    /// The server's keys in a section, from its message about an unknown key.
    private static func known(in section: String) -> Set<String>? {
        var yaml = "zzz: 1"
        var parts = section.split(separator: ".").map(String.init)
        while let last = parts.last {
            let path = parts.joined(separator: ".")
            let others = needs[path, default: []].filter { $0.prefix { $0 != ":" } != yaml.prefix { $0 != ":" } }
            let mapping = "{\((others + [yaml]).joined(separator: ", "))}"
            yaml = "\(last): \(lists.contains(path) ? "[\(mapping)]" : mapping)"
            parts.removeLast()
        }
        do {
            _ = try Policy(yaml: yaml, name: "")
            return nil
        } catch {
            guard let keys = "\(error)".firstMatch(of: /zzz is not known here; the (?:keys|limits) are (.+)\./)?.1
            else { return nil }
            return Set(keys.split(separator: ", ").map(String.init))
        }
    }

    /// Without rows, nothing would be tested.
    @Test("has a table of sections")
    func found() {
        #expect(Self.sections.contains("") && Self.sections.count > 1)
    }

    @Test("has the keys that the server knows", arguments: sections)
    func keys(section: String) {
        #expect(Self.known(in: section) == Set(Self.rows.filter { $0.section == section }.map(\.key)))
    }

    @Test("has a table for every section", arguments: rows)
    func tables(row: Row) {
        let keys = Self.known(in: row.path)
        if Self.inline.contains(row.path) {
            #expect(keys == ["roles"])
        } else if let other = Self.elsewhere[row.path] {
            #expect(keys == Self.known(in: other))
        } else {
            #expect((keys != nil) == Self.sections.contains(row.path))
        }
    }

    /// Policies with only the required keys, which together have every section.
    private static let smallest = [
        """
        listeners: [{tcp: "127.0.0.1:10001", tls: {certificate: a, private_key: b}}]
        secret: {key: a, values: [b]}
        tokens: {sqlite: {file: a}}
        connect: {channels: [{pattern: a, options: {}}]}
        topics: [{pattern: a, who: anyone, options: {}}]
        rpc: {http: {base_url: a, allow: []}}
        tracing: {sample: 1}
        """,
        "tokens: {postgres: {connection: a}}",
        "admin: {tcp: \"127.0.0.1:1\", tls: {certificate: a, private_key: b}}",
        "tokens: {jwt: {jwks: a}}",
        "connect: {http: {url: a}}",
    ]

    /// What the effective policies have at a path: in the first of them that has the section.
    private static func value(of row: Row) throws -> Any? {
        for yaml in smallest {
            let effective = try Policy(yaml: yaml, name: "").effectiveYAML()
            var object = try Yams.load(yaml: effective)
            for part in row.section.split(separator: ".") {
                object = (object as? [String: Any])?[String(part)]
                object = (object as? [Any])?.first ?? object
            }
            if let section = object as? [String: Any] { return section[row.key] }
        }
        return nil
    }

    @Test(
        "has the defaults",
        arguments: rows.filter { $0.section != "limits" && !["required", "one per processor"].contains($0.standard) }
    )
    func defaults(row: Row) throws {
        switch row.path {
        case "listeners":
            try #expect(Policy(yaml: "rpc: {}", name: "").listeners.map(\.tcp) == [row.standard])
        case "listeners.mode":
            let listeners = try Policy(yaml: "listeners: [{unix: /a}]", name: "").listeners[0].listeners()
            try #expect(listeners == [.unixSocket(path: "/a", mode: #require(UInt16(row.standard, radix: 8)))])
        case _ where row.standard.isEmpty:
            let value = try Self.value(of: row)
            let isEmpty = (value as? [Any])?.isEmpty ?? (value as? [String: Any])?.isEmpty ?? (value == nil)
            #expect(
                isEmpty || Self.sections.contains(row.path) || Self.smallest.contains { $0.contains("\(row.key): ") }
            )
        default:
            try #expect(Self.value(of: row).map { "\($0)" } == row.standard)
        }
    }

    @Test("says what is required", arguments: rows.filter { $0.standard == "required" })
    func required(row: Row) throws {
        let key = try Regex("\\b\(row.key): (\"[^\"]+\"|\\[[^\\]]*\\]|[^,}\\]]+),? ?")
        let texts = Self.smallest.filter { $0.contains(key) }
        #expect(!texts.isEmpty)
        for yaml in texts {
            let without = yaml.replacing(key, with: "")
            let error = #expect(throws: PolicyError.self) { try Policy(yaml: without, name: "") }
            #expect(error.map { "\($0)".contains("\(row.key) is missing") } == true)
        }
    }

    @Test("has the limits' defaults", arguments: rows.filter { $0.section == "limits" })
    func limits(row: Row) throws {
        var policy = LimitsPolicy()
        #expect(policy.set(row.key, to: row.standard) == nil)
        #expect(policy.limits == ProxyServer.Limits())
        // Otherwise a limit that is never set would pass.
        let digit = row.standard.hasPrefix("3") ? "2" : "3"
        let other = row.standard == "never" ? "7s" : digit + row.standard.dropFirst()
        #expect(policy.set(row.key, to: other) == nil)
        #expect(policy.limits != ProxyServer.Limits())
    }
}
