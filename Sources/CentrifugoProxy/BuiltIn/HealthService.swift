import GRPCCall
import ProxyMessages

/// The service `grpc.health.v1.Health`.
struct HealthService: Sendable {
    static let name = "grpc.health.v1.Health"

    // The health protocol lets a server refuse to list too many services.
    private static let mostListed = 1_000

    let health: ServerHealth

    /// The service's methods; with `needsSecret` they require the shared secret, which most probes do not have.
    func methods(needsSecret: Bool) -> [BuiltInMethod] {
        [
            BuiltInMethod("/\(Self.name)/Check", requests: .one, needsSecret: needsSecret) {
                [health] (request: HealthCheckRequest, stream) in
                guard let status = health.status(of: request.service) else {
                    throw GRPCStatus(.notFound, "unknown service")
                }
                try stream.send(HealthCheckResponse(status: .init(status)))
                stream.end(with: .ok)
            },
            BuiltInMethod("/\(Self.name)/Watch", requests: .one, needsSecret: needsSecret) {
                [health] (request: HealthCheckRequest, stream) in
                try HealthWatch(health, service: request.service, stream: stream).begin()
            },
            BuiltInMethod("/\(Self.name)/List", requests: .one, needsSecret: needsSecret) {
                [health] (_: HealthListRequest, stream) in
                let statuses = health.statuses
                guard statuses.count <= Self.mostListed else {
                    throw GRPCStatus(.resourceExhausted, "there are too many services to list")
                }
                let list = statuses.mapValues { HealthCheckResponse(status: .init($0)) }
                try stream.send(HealthListResponse(statuses: list))
                stream.end(with: .ok)
            },
        ]
    }
}
