import ArgumentParser
import CentrifugoProxy
import Logging
import ProxyPolicy
import ServiceLifecycle

/// Serves the rules of a policy file until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the rules of a policy file, or the starter rules without one.",
        usage: "centrifugo-proxy serve [--config <config>] [--check] [<options>]",
        discussion:
            "Ctrl-C (SIGINT) or SIGTERM lets open calls finish. SIGHUP reads the policy and the certificates again. A second SIGTERM or SIGINT ends the server at once."
    )

    @OptionGroup
    var policy: PolicyOptions

    @Flag(help: "Print the resulting policy, with secrets masked, and do not serve.")
    var check = false

    @OptionGroup(title: "Listening, in place of the policy's listeners")
    var listen: ListenOptions

    @OptionGroup(title: "Shared secret, in place of the policy's")
    var secret: SecretOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical.", transform: Serve.level)
    var logLevel: Logger.Level?

    @Option(help: "How many event loops share the connections; by default one for each processor that it may use.")
    var eventLoops: Int?

    func validate() throws {
        if let eventLoops, !(1...1_024 ~= eventLoops) {
            throw ValidationError("--event-loops \(eventLoops) is out of range: choose from 1 to 1024.")
        }
    }

    func run() async throws {
        do {
            try await serve()
        } catch {
            throw PolicyOptions.failure(error)
        }
    }

    private func serve() async throws {
        let read = reading()
        let effective = try read(StandardError.complain)
        var logger = Logger(label: "centrifugo-proxy") { StreamLogHandler.standardError(label: $0) }.printable
        logger.logLevel = logLevel ?? effective.logLevel
        let configuration = try effective.makeConfiguration(logger: logger)
        guard !check else {
            try await effective.check(logger: logger)
            let yaml = try effective.effectiveYAML()
            return try StandardOutput.say(yaml.hasSuffix("\n") ? String(yaml.dropLast()) : yaml)
        }
        let rules = try await PolicyService(
            effective,
            file: policy.file,
            reading: { try read { _ in } },
            logger: logger
        )
        let hint = effective.tokenHint
        let server = ProxyServer(rules.service, configuration: configuration, logger: logger) { [logger] _ in
            if let hint { logger.info("\(hint)") }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: await ReloadSignal(server: server, rules: rules)), .init(service: rules),
                    .init(service: server),
                ],
                logger: logger
            )
        )
        let signals = await ShutdownSignals(logger: logger)
        let listening = Task { await signals.end(group) }
        defer { listening.cancel() }
        try await group.run()
    }

    /// Reads the policy in force, at the start and at SIGHUP: the file, then the environment, then the options.
    private func reading() -> @Sendable (_ warn: (String) -> Void) throws -> Policy {
        let (file, listen, secret, eventLoops) = (policy.file, listen.override, secret.given, eventLoops)
        return { warn in
            var policy = try PolicyOptions.policy(in: file, warn: warn)
            try policy.listen(on: listen)
            if let secret { policy.requireSecret(key: secret.key, file: secret.file) }
            if let eventLoops { policy.setEventLoops(eventLoops) }
            return policy
        }
    }

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("choose trace, debug, info, notice, warning, error or critical.")
        }
        return level
    }
}
