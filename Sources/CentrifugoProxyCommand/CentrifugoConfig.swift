import ArgumentParser
import ProxyPolicy

/// Prints the Centrifugo configuration for a policy.
struct CentrifugoConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "centrifugo-config",
        abstract: "Print the part of Centrifugo 6's configuration, as JSON, for the rules of a policy file.",
        discussion: "Without a policy file, for the starter rules. Merge it into your configuration."
    )

    @OptionGroup
    var policy: PolicyOptions

    @Option(help: "The server's address for Centrifugo; by default the policy's first listener.")
    var endpoint: String?

    @Option(help: "How long Centrifugo waits for an answer.")
    var timeout = "1s"

    @Option(
        name: .customLong("origin"),
        help: """
            The origin of a page whose browsers may connect; may be given several times. http://localhost:8000 by \
            default.
            """
    )
    var origins: [String] = []

    func run() throws {
        do {
            let policy = try policy.givenOrStarter()
            try policy.checkRules()
            let text = try policy.centrifugoConfiguration(
                endpoint: endpoint,
                timeout: timeout,
                origins: origins.isEmpty ? ["http://localhost:8000"] : origins
            )
            try StandardOutput.say(text)
        } catch {
            throw PolicyOptions.failure(error)
        }
    }
}
