import ArgumentParser

/// The ready server: `centrifugo-proxy serve`.
@main
struct CentrifugoProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "centrifugo-proxy",
        abstract: "Answers Centrifugo's gRPC proxy calls.",
        subcommands: [Serve.self, Call.self, Doctor.self]
    )
}
