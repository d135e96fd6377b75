import ArgumentParser
import CentrifugoDoctor
import CentrifugoModel
import CentrifugoProxy
import Foundation
import ProxyPolicy

/// Shows what Centrifugo does with a client's commands: which proxy it calls, and why.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which proxy Centrifugo calls for a client's command, or why it calls none.",
        usage: """
            centrifugo-proxy explain [FILE] [OPTIONS] COMMAND [ARGUMENT]
            centrifugo-proxy explain [FILE] [OPTIONS] --commands FILE
            """,
        discussion: """
            COMMAND is one of \(Explain.commandNames.joined(separator: ", ")); ARGUMENT is its channel or method. \
            Assumes that the client is connected as the user, and that the backend accepts; with a policy file, its \
            rules answer, except for calls that they would pass on by HTTP. Exit status: 0; 1 when Centrifugo does not \
            start with the configuration; 2 when a file cannot be read.
            """
    )

    /// The names of the commands.
    private static var commandNames: [String] {
        ClientCommand.Name.allCases.filter { $0 != .wait && $0 != .unsubscribe }.map(\.rawValue)
    }

    @Argument(help: "Centrifugo's configuration, then the command and its channel or method.")
    var words: [String] = []

    @OptionGroup
    var reading: ConfigurationOptions

    @OptionGroup
    var policy: PolicyOptions

    @Option(help: "The user that the client is connected as; empty for an anonymous one.")
    var user = "u1"

    @Option(help: "The token that the client sends with the command.")
    var token: String?

    @Option(
        help: ArgumentHelp(
            "The data that the client sends with the command, as JSON; a connection's token, for example.",
            valueName: "json"
        )
    )
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The meta of the client's connection, as JSON, for rules about roles; with --config.",
            valueName: "json"
        )
    )
    var meta: String?

    @Option(
        name: .customLong("header"),
        help: ArgumentHelp(
            "A header of the client's WebSocket request; may be given several times.",
            valueName: "NAME=VALUE"
        )
    )
    var headers: [String] = []

    @Option(
        name: .customLong("commands"),
        help: """
            What one client does in order, from its connect on: one JSON object per line, such as \
            {"do": "subscribe", "args": {"channel": "news"}}; - reads it from standard input. A connect with \
            {"data": {"user": "U"}} is one that the backend accepts as U.
            """
    )
    var script: String?

    @Flag(help: "Print JSON, one object per line: first whether Centrifugo starts, then each command.")
    var json = false

    func validate() throws {
        _ = try question()
        _ = try pairs()
        guard let meta else { return }
        _ = try Self.value(meta, of: "--meta")
        guard policy.file != nil else {
            throw ValidationError("--meta is for the rules of a policy file; name it by --config.")
        }
    }

    func run() async throws {
        let question = try question()
        let source: ConfigurationSource
        let variables: [String: String]
        let commands: [ClientCommand]
        do {
            variables = try reading.variables()
            commands = try question.commands()
            source = try question.file.map { try reading.source($0) } ?? ConfigurationSource()
        } catch let error as ConfigurationFileError {
            if json, error.name == question.file, error.mistake.stopsCentrifugo {
                try StandardOutput.say(ExplanationJSON.start(reason: error.mistake.description))
            }
            StandardError.complain("\(error)")
            throw ExitCode(2)
        }
        let configuration = CentrifugoConfiguration(source, variables: variables)
        // If the policy cannot be used, nothing is printed.
        var backend = try backend(for: source, variables)
        var resolutions: [Resolution] = []
        var sessions: [String: ClientSession] = [:]
        for command in configuration.refusals.isEmpty ? commands : [] {
            var session =
                try sessions[command.client]
                ?? ClientSession(
                    configuration,
                    headers: pairs(),
                    acceptedUser: user,
                    connectedAs: question.isConnected ? user : nil
                )
            do {
                resolutions.append(try await backend?.resolve(command, &session) ?? session.resolve(command))
            } catch {
                StandardError.complain("\(policy.file ?? ""): \(error)")
                throw ExitCode(2)
            }
            sessions[command.client] = session
        }
        try StandardOutput.say(json ? ExplanationJSON.start(configuration) : ExplanationText.start(configuration))
        guard configuration.refusals.isEmpty else { throw ExitCode.failure }
        for resolution in resolutions {
            try StandardOutput.say(json ? ExplanationJSON.line(resolution) : ExplanationText.paragraph(resolution))
        }
    }

    /// The rules of the policy file; nil without one.
    private func backend(for source: ConfigurationSource, _ variables: [String: String]) throws -> ExplainedBackend? {
        do {
            guard let file = policy.file, let policy = try policy.given() else { return nil }
            try policy.checkRules()
            let doctor = ConfigurationDoctor(source, variables: variables, server: policy.serverRules)
            return ExplainedBackend(PolicyBackend(policy, file: file), doctor: doctor, meta: meta ?? "")
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(2)
        }
    }

    /// The file, and the commands to explain.
    private struct Question {
        var file: String?
        var command: ClientCommand?
        var script: String?

        /// A single command is that of a client that is already connected.
        var isConnected: Bool {
            guard let command else { return false }
            return command.name != .connect && command.name != .uniConnect
        }

        func commands() throws(ConfigurationFileError) -> [ClientCommand] {
            guard let script else { return [command].compactMap { $0 } }
            return try CommandScript.commands(in: script)
        }
    }

    private func question() throws -> Question {
        var words = words[...]
        var question = Question(script: script)
        // A file with the name of a command can be given with its folder, as ./connect.
        if let first = words.first, !Self.commandNames.contains(first) { question.file = words.removeFirst() }
        guard script == nil else {
            guard words.isEmpty else { throw ValidationError("Give a command or --commands, not both.") }
            guard token == nil, data == nil else {
                throw ValidationError(
                    "--token and --data are for one command; with --commands, write them into its args."
                )
            }
            return question
        }
        let known = "the commands are \(Self.commandNames.joined(separator: ", "))"
        guard let word = words.popFirst() else { throw ValidationError("Name a command; \(known).") }
        guard let name = ClientCommand.Name(rawValue: word), Self.commandNames.contains(word) else {
            throw ValidationError("There is no command \"\(word)\"; \(known).")
        }
        let argument = words.popFirst()
        guard words.isEmpty else { throw ValidationError("\(words[words.startIndex]) is an extra argument.") }
        var arguments: [String: ConfigurationValue] = [:]
        if name.hasChannel || name == .rpc {
            guard let argument else {
                throw ValidationError("\(name.rawValue) needs a \(name == .rpc ? "method" : "channel") after it.")
            }
            arguments[name == .rpc ? "method" : "channel"] = .text(argument)
        } else if let argument {
            throw ValidationError("\(name.rawValue) takes no argument; \(argument) is an extra argument.")
        }
        if let token { arguments["token"] = .text(token) }
        if let data { arguments["data"] = try Self.value(data, of: "--data") }
        question.command = ClientCommand(name, .object(arguments))
        return question
    }

    private static func value(_ json: String, of option: String) throws -> ConfigurationValue {
        do {
            return try ConfigurationValue(json: Array(json.utf8))
        } catch {
            throw ValidationError("The value of \(option) is not JSON: \(error.problem).")
        }
    }

    private func pairs() throws -> [(name: String, value: String)] {
        try headers.map { pair in
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw ValidationError("\"\(pair)\" is not NAME=VALUE.")
            }
            return (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
        }
    }
}
