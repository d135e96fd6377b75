import CentrifugoProxy
import HTTP2FrameKit
import ProtobufWire
import Testing

extension RawConnection {
    static func healthPath(_ method: String) -> String { "/grpc.health.v1.Health/\(method)" }
    static func reflectionPath(_ version: String) -> String {
        "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo"
    }

    /// Asks for a service's status now.
    func check(_ service: String = "", changes: [String: String?] = [:]) async throws -> Answer {
        let body = lengthPrefixed(HealthCheckRequest(service: service).wireBytes())
        return try await answer(to: start(path: Self.healthPath("Check"), body: body, changes: changes))
    }

    /// The status of a service that is known.
    func status(of service: String = "") async throws -> HealthCheckResponse.ServingStatus {
        try await check(service).message(HealthCheckResponse.self).status
    }

    /// Asks for a service's status now and later.
    func watch(_ service: String = "", changes: [String: String?] = [:]) -> PeerStream {
        let body = lengthPrefixed(HealthCheckRequest(service: service).wireBytes())
        return PeerStream(self, id: start(path: Self.healthPath("Watch"), body: body, changes: changes))
    }

    /// Opens a reflection stream.
    func reflect(_ version: String = "v1", changes: [String: String?] = [:]) -> PeerStream {
        let id = newStreamID()
        send(.headers(id, Self.head(Self.reflectionPath(version), changes: changes)))
        return PeerStream(self, id: id)
    }
}

extension PeerStream {
    /// The next status of a watch, nil when it has ended.
    func status() async throws -> HealthCheckResponse.ServingStatus? {
        try await message(HealthCheckResponse.self)?.status
    }

    /// Asks a reflection stream.
    func send(_ request: ReflectionRequest) {
        connection.send(.data(id, lengthPrefixed(request.wireBytes())))
    }

    /// Asks a reflection stream and takes the answer.
    func ask(_ query: ReflectionRequest.Query?, host: String = "") async throws -> ReflectionResponse.Content? {
        let request = ReflectionRequest(host: host, query)
        send(request)
        let response = try #require(try await message(ReflectionResponse.self))
        #expect(response.originalRequest == request)
        #expect(response.validHost == host)
        return response.content
    }

    /// Ends the peer's side.
    func halfClose() {
        connection.send(.data(id, [], .endStream))
    }
}
