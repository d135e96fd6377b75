package import CentrifugoProxy
import Foundation
package import Logging
import Metrics
package import ProxyAdmin
import ServiceLifecycle

#if HTTPBridge
import ProxyHTTPBridge
#endif
#if Tokens
import ProxyTokens
#endif

/// The rules of a policy file for a running server, and the connections that they need.
///
/// List it before the server in a `ServiceGroup`: services end in reverse order.
package actor PolicyService: Service {
    /// Answers the events.
    package nonisolated let service: ProxyService
    private let file: String
    private let read: (@Sendable () throws -> Policy)?
    private let handlers: ReadyHandlers
    private let logger: Logger
    /// The policy with which the server was started.
    private let first: Policy
    private let reloads = (
        succeeded: Counter(label: "centrifugo_proxy_policy_reloads", dimensions: [("result", "done")]),
        failed: Counter(label: "centrifugo_proxy_policy_reloads", dimensions: [("result", "failed")])
    )
    private var policy: Policy
    private var parts: Parts
    /// Keeps what the verifier needs up to date, while the service runs.
    private var upkeep: Task<Void, Never>?

    /// The parts that a new policy may take over from the old one.
    private struct Parts {
        #if Tokens
        var verifier: (any TokenVerifier)?
        #endif
        #if HTTPBridge
        var bridge: HTTPBridge?
        var connect: HTTPConnectHandler?
        #endif
    }

    /// Makes the rules of a policy.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - file: The policy file's name; nil for the starter rules.
    ///   - reading: Reads the policy again for ``reload(_:)``; by default from the file, or never without one.
    ///   - logger: Receives the rules' log lines.
    /// - Throws: An error whose sentence says which part of the policy cannot be used, and why.
    package init(
        _ policy: Policy,
        file: String?,
        reading: (@Sendable () throws -> Policy)? = nil,
        logger: Logger
    ) async throws {
        self.policy = policy
        self.file = file ?? "starter rules"
        self.logger = logger.printable
        first = policy
        if let reading {
            read = reading
        } else if let file {
            read = { try Policy(file: file).overridden() }
        } else {
            read = nil
        }
        var parts = Parts()
        let rules = try await Self.makeRules(policy, before: nil, &parts, logger)
        self.parts = parts
        handlers = ReadyHandlers(rules)
        service = policy.makeService(handlers)
    }

    /// The service with interceptors around the rules.
    nonisolated func service(behind interceptors: [any Interceptor]) -> ProxyService {
        first.makeService(handlers, behind: interceptors)
    }

    /// Reads files and storages again, whether or not they have changed.
    ///
    /// These are the certificates, the policy, the keys and the storage of its tokens, and the shared secret. What
    /// cannot be used leaves the old one in force.
    ///
    /// Listeners, limits, the log and executors stay as they are until a restart.
    ///
    /// - Parameters:
    ///   - server: The server with these rules; nil leaves out certificates and the secret.
    ///   - admin: The listener for operators, for its certificate and its token; nil leaves them out.
    package func reload(
        _ server: ProxyServer? = nil,
        admin: AdminServer? = nil
    ) async {
        let certificates = [server?.readCertificates(), admin?.readCertificates()].compactMap { $0 }
        guard let read else { return }
        do {
            // Everything is made before any of it comes into force.
            let policy = try read()
            let secret = try policy.secret?.sharedSecret()
            let adminToken = try policy.readAdminToken()
            var parts = parts
            let rules = try await Self.makeRules(policy, before: self.policy, &parts, logger)
            await handlers.replace(with: rules)
            let hasSecret = secret.map { server?.replaceSharedSecret(by: $0) == true } ?? false
            if let adminToken { admin?.replaceToken(by: adminToken) }
            reloads.succeeded.increment()
            release(self.parts, of: self.policy, for: parts)
            self.parts = parts
            self.policy = policy
            if let upkeep {
                self.upkeep = startUpkeep()
                Self.end(upkeep)
            }
            report(policy, hasSecret: hasSecret, certificates)
        } catch {
            reloads.failed.increment()
            logger.error("kept the old policy: the new one cannot be used: \(error)")
        }
    }

    /// Logs what was read again, and what needs a restart.
    private func report(_ policy: Policy, hasSecret: Bool, _ certificates: [(read: [String], kept: [String])]) {
        // Both listeners may have the same ones.
        let known = Set(certificates.flatMap(\.read)).sorted()
        let kept = Set(certificates.flatMap(\.kept)).sorted()
        var read = ["rules"]
        if let tokens = policy.tokens { read.append(tokens.source) }
        if hasSecret { read.append("secret") }
        var metadata: Logger.Metadata = ["file": "\(file)"]
        let later = Policy.startSections.map(\.name) + (hasSecret ? [] : ["secret"])
        metadata["until_restart"] = "\(later.joined(separator: ", "))"
        if !known.isEmpty { read.append("certificates \(known.joined(separator: ", "))") }
        if !kept.isEmpty { metadata["kept"] = "certificates \(kept.joined(separator: ", "))" }
        metadata["read"] = "\(read.joined(separator: ", "))"
        logger.notice("reloaded the policy", metadata: metadata)

        let changed = first.changesForRestart(to: policy, secretIsInForce: hasSecret)
        if !changed.isEmpty {
            logger.warning(
                "restart to apply the sections that have changed since the start",
                metadata: ["sections": "\(changed.joined(separator: ", "))"]
            )
        }
        let added = Set(policy.events).subtracting(first.events)
        if !added.isEmpty {
            let names = added.map(\.methodName).sorted().joined(separator: ", ")
            logger.warning(
                "restart to serve the events that had no rules before",
                metadata: ["events": "\(names)"]
            )
        }
    }

    /// Waits for a graceful shutdown, then closes the rules' connections and files.
    package func run() async throws {
        upkeep = startUpkeep()
        try? await gracefulShutdown()
        upkeep?.cancel()
        await upkeep?.value
        upkeep = nil
        #if HTTPBridge
        await parts.bridge?.shutdown()
        await parts.connect?.shutdown()
        #endif
    }

    /// Runs the verifier of the rules in force, if it is a service.
    private func startUpkeep() -> Task<Void, Never> {
        #if Tokens
        let verifier = parts.verifier as? any Service
        return Task { try? await verifier?.run() }
        #else
        return Task {}
        #endif
    }

    /// Ends the old rules' upkeep, once calls that began with them are over.
    private static func end(_ upkeep: Task<Void, Never>) {
        Task {
            try? await Task.sleep(for: .seconds(10))
            upkeep.cancel()
        }
    }

    /// Closes what the new rules no longer use, once calls that began with the old ones are over.
    private func release(_ old: Parts, of policy: Policy, for new: Parts) {
        #if HTTPBridge
        if let bridge = old.bridge, bridge !== new.bridge, let timeout = policy.rpc?.http?.timeout {
            Task {
                try? await Task.sleep(for: timeout.duration)
                await bridge.shutdown()
            }
        }
        if let connect = old.connect, connect !== new.connect, let timeout = policy.connect?.http?.timeout {
            Task {
                try? await Task.sleep(for: timeout.duration)
                await connect.shutdown()
            }
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
        rules.topics = try policy.makeTopics()
        let channels = try policy.makeChannels(logger: logger)
        if let connect = policy.connect {
            rules.automatic = channels
            // An HTTP server may accept clients without an id.
            rules.hasAnonymousUsers = connect.anonymous || connect.http != nil
        }
        #if HTTPBridge
        if !isSame(before?.rpc?.http, policy.rpc?.http) {
            parts.bridge = try policy.rpc?.http.map { try HTTPBridge($0.configuration, logger: logger) }
        }
        if !isSame(before?.connect?.http, policy.connect?.http) {
            parts.connect = try policy.connect?.http.map { try HTTPConnectHandler($0.configuration, logger: logger) }
        }
        let fallback: (any RPCHandler)? = parts.bridge
        #else
        let fallback: (any RPCHandler)? = nil
        #endif
        if let rpc = policy.rpc {
            rules.rpc = try RPCRouter(fallback: fallback) { methods in
                if rpc.ping {
                    // Encoded once.
                    let pong = RPCResult(data: try .json(["pong": true]))
                    try methods.onRaw("ping", summary: "Answers that the server is there.") { _, _, _ in pong }
                }
            }
        }
        // Last, so that nothing that is open is touched if anything else cannot be used.
        #if Tokens
        parts.verifier = try await policy.makeVerifier(after: parts.verifier, of: before, logger: logger)
        rules.sessions = policy.makeSessions(parts.verifier, channels: channels, logger: logger)
        rules.hasTokens = parts.verifier != nil
        #else
        if policy.connect != nil { rules.sessions = AnonymousSessions(channels: channels) }
        #endif
        #if HTTPBridge
        if let server = parts.connect { rules.sessions = HTTPSessions(server, channels: channels) }
        #endif
        return rules
    }
}
