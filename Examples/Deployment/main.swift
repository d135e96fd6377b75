import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Answers from a database, and says when that does not answer.
actor Answers: RPCHandler {
    private let health: ServerHealth
    private let query: @Sendable (String) async throws -> String

    init(health: ServerHealth, query: @escaping @Sendable (String) async throws -> String) {
        self.health = health
        self.query = query
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        do {
            let answer = try await query(request.method)
            health.set(.serving, for: .rpc)
            return RPCResult(data: .text(answer))
        } catch {
            health.set(.notServing, for: .rpc)
            throw GRPCStatus(.unavailable, "the database does not answer")
        }
    }
}

let environment = ProcessInfo.processInfo.environment
var configuration = ProxyServer.Configuration(
    listeners: [
        .tcp(
            host: "0.0.0.0",
            port: 10_001,
            tls: .init(
                certificateChain: "/etc/proxy/server.pem",
                privateKey: "/etc/proxy/server.key",
                clientCA: "/etc/proxy/centrifugo-ca.pem"
            )
        ),
        .unixSocket(path: "/run/proxy/proxy.sock", mode: 0o660),
    ]
)
configuration.limits.maxConnectionAge = .seconds(3_600)
configuration.limits.drainDelay = .seconds(5)

let logger = Logger(label: "proxy")
let health = ServerHealth()
let answers = Answers(health: health) { method in "the answer to \(method)" }
do {
    configuration.sharedSecret = try SharedSecret(
        metadataKey: "x-proxy-secret",
        values: [environment["PROXY_SECRET"] ?? "", environment["PROXY_SECRET_BEFORE"] ?? ""].filter { !$0.isEmpty }
    )
    try await ServiceGroup(
        services: [
            ProxyServer(ProxyService(rpc: answers), configuration: configuration, health: health, logger: logger)
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
    ).run()
} catch {
    logger.critical("\(error)")
    exit(1)
}
