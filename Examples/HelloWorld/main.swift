import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Lets in clients with a known token.
actor Sessions: ConnectHandler {
    struct Login: Decodable { var authToken: String? }

    let users = ["alice-token": "alice"]

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        guard let token = try request.payload.decode(Login.self).authToken, let user = users[token] else {
            throw Disconnect.unauthorized
        }
        return ConnectResult(user: user, channels: ["public", "user-\(user)"])
    }
}

/// Answers the method `greet`.
actor Commands: RPCHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        guard request.method == "greet" else { throw .notFound }
        return RPCResult(data: try .json(["hello": request.user]))
    }
}

let logger = Logger(label: "hello")
do {
    let service = try ProxyService(handlers: [Sessions(), Commands()])
    try await ServiceGroup(
        services: [ProxyServer(service, configuration: .init(port: 10_001), logger: logger)],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
    ).run()
} catch {
    logger.critical("\(error)")
    exit(1)
}
