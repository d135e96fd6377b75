import ArgumentParser
import CentrifugoDoctor
import CentrifugoModel
import CentrifugoProxy
import Foundation
import ProxyPolicy

/// Reports options of a Centrifugo configuration that do not work with this server.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check configurations of Centrifugo for options that do not work.",
        discussion: """
            Reads JSON, YAML, TOML (in builds with the trait TOML), environment files, Compose files and values of \
            Centrifugo's Helm chart. Each finding names the option, what happens and what to change. A note may need \
            no change; a problem does. With a policy file, compares its rules with the configuration. Exit status: 0 \
            without problems; 1 with problems; 2 when a file cannot be read.
            """
    )

    @Argument(
        help: "Centrifugo's configuration; none when it is all in environment variables.",
        completion: .file(extensions: ["json", "yaml", "yml", "toml", "env"])
    )
    var files: [String] = []

    @OptionGroup
    var reading: ConfigurationOptions

    @OptionGroup
    var policy: PolicyOptions

    @Flag(help: "Print the findings as a JSON array.")
    var json = false

    func validate() throws {
        guard !files.isEmpty || !reading.environments.isEmpty else {
            throw ValidationError("Name a file of Centrifugo's configuration, or its environment by --env.")
        }
    }

    func run() throws {
        let server: ServerRules?
        let variables: [String: String]
        do {
            let policy = try policy.given()
            try policy?.checkRules()
            server = policy?.serverRules
            variables = try reading.variables()
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(2)
        }
        var found: [(file: String, findings: [Finding])] = []
        var isUnread = false
        for file in files.isEmpty ? [nil] : files.map(Optional.some) {
            do {
                let source = try file.map { try reading.source($0) } ?? ConfigurationSource()
                let doctor = ConfigurationDoctor(source, variables: variables, server: server)
                found.append((file ?? reading.environments.joined(separator: ", "), doctor.findings))
            } catch {
                StandardError.complain("\(error)")
                isUnread = true
            }
        }
        if !found.isEmpty { try StandardOutput.say(json ? try Self.json(found) : Self.text(found)) }
        if isUnread { throw ExitCode(2) }
        if found.flatMap(\.findings).contains(where: { $0.severity == .problem }) { throw ExitCode.failure }
    }

    /// A finding with its file.
    private struct FoundIn: Encodable {
        let file: String
        let finding: Finding

        enum CodingKeys: CodingKey {
            case file
        }

        func encode(to encoder: any Encoder) throws {
            try finding.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
        }
    }

    private static func json(_ found: [(file: String, findings: [Finding])]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let findings = found.flatMap { file, findings in findings.map { FoundIn(file: file, finding: $0) } }
        return String(decoding: try encoder.encode(findings), as: UTF8.self).printableJSON
    }

    private static func text(_ found: [(file: String, findings: [Finding])]) -> String {
        found.map { file, findings in
            let problems = findings.filter { $0.severity == .problem }.count
            let summary =
                findings.isEmpty
                ? "Nothing found." : "\(problems) problem(s), \(findings.count - problems) note(s)."
            let name = found.count > 1 ? "\(file.printable)\n\n" : ""
            return name + findings.map { "\($0)\n\n" }.joined() + summary
        }.joined(separator: "\n\n")
    }
}
