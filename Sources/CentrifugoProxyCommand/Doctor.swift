import ArgumentParser
import CentrifugoDoctor
import CentrifugoProxy
import Foundation
import ProxyPolicy

/// Says what of a Centrifugo configuration will not work with this server.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look through a configuration of Centrifugo for what will not work.",
        discussion: """
            Each finding says where it is, what happens and what to change. A note may be right as it is; a problem is \
            not. With a policy file its rules are compared with the configuration. Exit status: 0 without problems, 1 with \
            some, 2 when a file cannot be read.
            """
    )

    @Argument(help: "Centrifugo's configuration, in JSON.", completion: .file(extensions: ["json"]))
    var file: String

    @OptionGroup
    var policy: PolicyOptions

    @Flag(help: "Print the findings as a JSON array.")
    var json = false

    func run() throws {
        let findings: [Finding]
        do {
            let configuration = try CentrifugoConfiguration(json: try bytes())
            findings = ConfigurationDoctor(configuration, handled: try handled()).findings
        } catch let error as PolicyError {
            StandardError.complain("\(error)")
            throw ExitCode(2)
        } catch {
            let isOtherForm = ["yaml", "yml", "toml"].contains(URL(fileURLWithPath: file).pathExtension)
            StandardError.complain("\(file) \(error)\(isOtherForm ? " Convert it: doctor reads JSON alone." : "")")
            throw ExitCode(2)
        }
        try StandardOutput.say(json ? try Self.json(findings) : Self.text(findings))
        if findings.contains(where: { $0.severity == .problem }) { throw ExitCode.failure }
    }

    /// What the policy handles; nothing is compared without one.
    private func handled() throws -> HandledRules {
        guard let policy = try policy.given() else { return HandledRules() }
        return HandledRules(
            events: Set(policy.events),
            // A topic does not say whether its channels are maps.
            optionalEvents: [.mapPublish, .mapRemove],
            topics: policy.patterns,
            connectionsExpire: policy.events.contains(.refresh),
            subscriptionsExpire: policy.events.contains(.subRefresh)
        )
    }

    private func bytes() throws(UnreadableConfiguration) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
            throw UnreadableConfiguration(
                isFolder.boolValue
                    ? "is a folder; name a file in it."
                    : exists ? "cannot be read; may this user read it?" : "does not exist; check its name."
            )
        }
    }

    private static func json(_ findings: [Finding]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(findings), as: UTF8.self).printableJSON
    }

    private static func text(_ findings: [Finding]) -> String {
        let problems = findings.filter { $0.severity == .problem }.count
        let summary =
            findings.isEmpty
            ? "Nothing found." : "\(problems) problem(s), \(findings.count - problems) note(s)."
        return findings.map { "\($0)\n\n" }.joined() + summary
    }
}
