package import CentrifugoProxy
import Foundation
package import Logging
import ServiceLifecycle

#if HTTPBridge
import ProxyHTTPBridge
#endif
#if Tokens
import ProxyTokens
#endif

/// The rules of a policy file while a server runs, and the connections that they need.
///
/// List it before the server in a `ServiceGroup`: services end in reverse order.
package actor PolicyService: Service {
    /// What answers the events.
    package nonisolated let service: ProxyService
    private let file: String?
    private let events: Set<ProxyEvent>
    private let handlers: ReadyHandlers
    private let logger: Logger
    private var policy: Policy
    private var parts: Parts

    /// What a new policy may take over from an old one.
    private struct Parts {
        #if Tokens
        var verifier: (any TokenVerifier)?
        #endif
        #if HTTPBridge
        var bridge: HTTPBridge?
        #endif
    }

    /// Makes the rules of a policy.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - file: Where it is read again by ``reload()``; nil for never.
    ///   - logger: Where it is told what the rules meet with.
    /// - Throws: What says in a sentence which part of the policy cannot be used, and why.
    package init(_ policy: Policy, file: String?, logger: Logger) async throws {
        self.policy = policy
        self.file = file
        self.logger = logger.printable
        events = Set(policy.events)
        var parts = Parts()
        let rules = try await Self.makeRules(policy, before: nil, &parts, logger)
        self.parts = parts
        handlers = ReadyHandlers(rules)
        service = policy.makeService(handlers, logger: logger)
    }

    /// Reads the policy file again and puts its rules in force; a file that cannot be used changes nothing.
    ///
    /// Listeners, limits, the log and executors stay as they are until a restart.
    package func reload() async {
        guard let file else { return }
        do {
            let policy = try Policy(file: file).overridden()
            var parts = parts
            let rules = try await Self.makeRules(policy, before: self.policy, &parts, logger)
            await handlers.replace(with: rules)
            release(self.parts, of: self.policy, for: parts)
            self.parts = parts
            let added = Set(policy.events).subtracting(events)
            self.policy = policy
            logger.notice("reloaded the policy", metadata: ["file": "\(file)"])
            if !added.isEmpty {
                let names = added.map(\.methodName).sorted().joined(separator: ", ")
                logger.warning(
                    "events that had no rules before are served after a restart",
                    metadata: ["events": "\(names)"]
                )
            }
        } catch {
            logger.error("kept the old policy, since the new one cannot be used: \(error)")
        }
    }

    /// Waits for a graceful shutdown, and closes what the rules have open.
    package func run() async throws {
        try? await gracefulShutdown()
        #if HTTPBridge
        await parts.bridge?.shutdown()
        #endif
    }

    /// Closes what the new rules do not use any more, when calls that began with the old ones are over.
    private func release(_ old: Parts, of policy: Policy, for new: Parts) {
        #if HTTPBridge
        guard let bridge = old.bridge, bridge !== new.bridge, let timeout = policy.rpc?.http?.timeout else { return }
        Task {
            try? await Task.sleep(for: timeout.duration)
            await bridge.shutdown()
        }
        #endif
    }

    private static func makeRules(
        _ policy: Policy,
        before: Policy?,
        _ parts: inout Parts,
        _ logger: Logger
    ) async throws -> Rules {
        try policy.requireParts()
        var rules = Rules()
        #if Tokens
        if !isSame(before?.tokens, policy.tokens) {
            parts.verifier = try await policy.makeVerifier(logger: logger)
        }
        rules.sessions = try policy.makeSessions(parts.verifier, logger: logger)
        rules.hasTokens = parts.verifier != nil
        #else
        if policy.connect != nil {
            rules.sessions = AnonymousSessions(channels: try policy.makeChannels(logger: logger))
        }
        #endif
        rules.topics = try policy.makeTopics()
        #if HTTPBridge
        if !isSame(before?.rpc?.http, policy.rpc?.http) {
            parts.bridge = try policy.rpc?.http.map { try HTTPBridge($0.configuration, logger: logger) }
        }
        let fallback: (any RPCHandler)? = parts.bridge
        #else
        let fallback: (any RPCHandler)? = nil
        #endif
        guard let rpc = policy.rpc else { return rules }
        rules.rpc = try RPCRouter(fallback: fallback) { methods in
            if rpc.ping {
                try methods.on("ping", summary: "Answers that the server is there.") { _, _ in ["pong": true] }
            }
        }
        return rules
    }
}

/// Whether two sections say the same by their bytes: a file or an issuer whose name only looks the same is another.
private func isSame<Section: Codable & Equatable>(_ left: Section?, _ right: Section?) -> Bool {
    // Secrets, which are not encoded, are compared by their bytes already.
    guard left == right else { return false }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let left = try? encoder.encode(left), let right = try? encoder.encode(right) else { return false }
    return left == right
}

extension Policy {
    /// Looks whether rules can be made of the policy: reads the files of secrets and keys, and opens nothing else for it.
    ///
    /// - Throws: What says in a sentence which part cannot be used, and why.
    package func check(logger: Logger) async throws {
        try requireParts()
        _ = try makeTopics()
        _ = try makeChannels(logger: logger)
        _ = try secret?.sharedSecret()
        #if JWT
        if let jwt = tokens?.jwt { _ = try await Self.makeVerifier(jwt, logger: logger) }
        #endif
        #if HTTPBridge
        _ = try rpc?.http.map { try HTTPBridge($0.configuration, logger: logger) }
        #endif
    }

    /// The service of handlers for the policy's events.
    func makeService(_ handlers: ReadyHandlers, logger: Logger) -> ProxyService {
        let events = Set(events)
        return ProxyService(
            interceptors: log.access ? [AccessLog(logger: logger)] : [],
            connect: events.contains(.connect) ? handlers : nil,
            refresh: events.contains(.refresh) ? handlers : nil,
            subscribe: events.contains(.subscribe) ? handlers : nil,
            subRefresh: events.contains(.subRefresh) ? handlers : nil,
            publish: events.contains(.publish) ? handlers : nil,
            rpc: events.contains(.rpc) ? handlers : nil,
            mapPublish: events.contains(.mapPublish) ? handlers : nil,
            mapRemove: events.contains(.mapRemove) ? handlers : nil
        )
    }

    /// What the server listens on, and its limits.
    ///
    /// - Throws: What says in a sentence what cannot be used.
    package func makeConfiguration() throws -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration(
            listeners: try listeners.flatMap { try $0.listeners() },
            eventLoops: executor.eventLoops,
            executor: executor.handlers == "global" ? .global : .eventLoop
        )
        configuration.sharedSecret = try secret?.sharedSecret()
        configuration.limits = limits.limits
        return configuration
    }

    /// The log's level.
    package var logLevel: Logger.Level { Logger.Level(rawValue: log.level) ?? .info }
}

#if HTTPBridge
extension HTTPPolicy {
    fileprivate var configuration: HTTPBridge.Configuration {
        var configuration = HTTPBridge.Configuration(baseURL: baseURL, allowed: allow)
        configuration.forwardedMetadata = forwardMetadata
        configuration.headers = headers.mapValues(\.text)
        configuration.userHeader = userHeader
        configuration.clientHeader = clientHeader
        configuration.timeout = timeout.duration
        configuration.maxConnections = maxConnections
        configuration.maxRequestSize = maxRequestSize.bytes
        configuration.maxAnswerSize = maxAnswerSize.bytes
        return configuration
    }
}
#endif
