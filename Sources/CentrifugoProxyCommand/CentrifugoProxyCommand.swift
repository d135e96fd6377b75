import ArgumentParser

/// The ready server and its tools: `centrifugo-proxy serve`.
@main
struct CentrifugoProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "centrifugo-proxy",
        abstract: "Answers Centrifugo's gRPC proxy calls.",
        subcommands: commands
    )

    private static var commands: [any ParsableCommand.Type] {
        var commands: [any ParsableCommand.Type] = [
            Serve.self, Call.self, CentrifugoConfig.self, Doctor.self, New.self,
        ]
        #if Tokens
        commands.append(TokenCommand.self)
        #endif
        return commands
    }
}
