import ArgumentParser
import ProxyPolicy
import Scaffolding

/// The ready server and its tools: `centrifugo-proxy serve`.
@main
struct CentrifugoProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "centrifugo-proxy",
        abstract: "Answers Centrifugo's gRPC proxy calls.",
        version: version,
        subcommands: commands
    )

    /// Like ArgumentParser's own, except for unknown commands, which ArgumentParser reports as an extra argument, and
    /// for output that cannot be written.
    static func main() async {
        StandardStream.reportClosedPipes()
        let names = commands.map { $0.configuration.commandName ?? "\($0)".lowercased() } + ["help"]
        var words = CommandLine.arguments.dropFirst()
        if words.first == "help" { words.removeFirst() }
        if let word = words.first, !word.hasPrefix("-"), !names.contains(word) {
            let known = names.joined(separator: ", ")
            end(with: ValidationError("There is no command \"\(word)\"; the commands are \(known)."))
        }
        do {
            #if Tokens
            var command = try parseAsRoot(TokenCommand.withReferenceLast(Array(CommandLine.arguments.dropFirst())))
            #else
            var command = try parseAsRoot()
            #endif
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// The release, and the optional parts of this build.
    private static var version: String {
        let parts = Policy.builtTraits
        return "1.0.0" + (parts.isEmpty ? "" : ", with \(parts.joined(separator: ", "))")
    }

    private static var commands: [any ParsableCommand.Type] {
        var commands: [any ParsableCommand.Type] = [
            Serve.self, Call.self, CentrifugoConfig.self, Doctor.self, Explain.self, New.self,
        ]
        #if Tokens
        commands.append(TokenCommand.self)
        #endif
        return commands
    }
}
