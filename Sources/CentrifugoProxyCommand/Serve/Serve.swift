import ArgumentParser
import CentrifugoProxy
import Logging
import Metrics
import ProxyAdmin
import ProxyPolicy
import ServiceLifecycle

/// Serves the rules of a policy file until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the rules of a policy file, or the starter rules without one.",
        usage: "centrifugo-proxy serve [--config <config>] [--check] [<options>]",
        discussion:
            "Ctrl-C (SIGINT) or SIGTERM lets open calls finish. SIGHUP reads the policy and the certificates again, and opens the log file again; SIGUSR1 does only the latter. A second SIGTERM or SIGINT ends the server at once."
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
        let signalsToReload = await ReloadSignals.listen()
        let read = reading()
        let effective = try read(StandardError.complain)
        let writer = check ? try LogWriter(.standardError) : try effective.openLog()
        // Whatever ends this function, nothing of the log is lost.
        defer { writer.close() }
        var logger = Logger(label: "centrifugo-proxy") {
            ProxyLogHandler(label: $0, writer, metadataProvider: .traceID)
        }.printable
        logger.logLevel = logLevel ?? effective.logLevel
        var configuration = try effective.makeConfiguration(logger: logger)
        let tracer = try effective.startTracing(&configuration, logger: logger)
        guard !check else {
            try await effective.check(logger: logger)
            let yaml = try effective.effectiveYAML()
            return try StandardOutput.say(yaml.hasSuffix("\n") ? String(yaml.dropLast()) : yaml)
        }
        // Before anything makes its metrics.
        let operators = try effective.makeAdminConfiguration()
        let measured = ExpositionMetrics()
        if operators != nil { MetricsSystem.bootstrap(measured) }
        let rules = try await PolicyService(
            effective,
            file: policy.file,
            reading: { try read { _ in } },
            logger: logger
        )
        let hint = effective.tokenHint
        let (begun, begins) = AsyncStream.makeStream(of: Void.self)
        let server = ProxyServer(rules.service, configuration: configuration, logger: logger) { [logger] _ in
            if let hint { logger.info("\(hint)") }
            begins.yield()
        }
        let admin = operators.map { operators in
            AdminServer(
                operators,
                health: server.health,
                metrics: [
                    server.metrics.families, { measured.families() + [writer.droppedFamily, tracer.spansFamily] },
                ],
                logger: logger
            )
        }
        let reloads = ReloadSignals(signalsToReload, server: server, rules: rules, admin: admin, log: writer)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: reloads), .init(service: rules), .init(service: server),
        ]
        // Stopped after the server, whose last spans it sends.
        if let tracer { services.insert(.init(service: tracer), at: 0) }
        // Stopped last, so that it tells of the shutdown. Nobody asked for that of the starter rules: the server goes on
        // without it.
        if let admin {
            let isStarter = policy.file == nil && !Policy.hasAdminVariable
            services.insert(
                .init(service: AdminService(admin, isOptional: isStarter, after: begun, logger: logger)),
                at: 0
            )
        }
        let group = ServiceGroup(configuration: .init(services: services, logger: logger))
        let signals = await ShutdownSignals(logger: logger, log: writer)
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
