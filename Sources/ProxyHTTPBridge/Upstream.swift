#if HTTPBridge
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The server that answers the calls, with a pool of connections to it.
struct Upstream {
    private let client: HTTPClient
    private let maxAnswerSize: Int

    init(_ configuration: HTTPBridge.Configuration) {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            connectionPool: .init(
                idleTimeout: .seconds(30),
                concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, configuration.maxConnections)
            ),
            // A few compressed bytes could become very many.
            decompression: .disabled
        )
        // An upstream that is down is reported at once, since a person is waiting.
        settings.connectionPool.retryConnectionEstablishment = false
        // Spans would contain the query, and with it the payload.
        settings.tracing.tracer = nil
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
        maxAnswerSize = configuration.maxAnswerSize
    }

    /// Closes all connections.
    ///
    /// Calls fail from then on. A second call does nothing.
    func shutDown() async {
        try? await client.shutdown()
    }

    /// The same without waiting.
    func abandon() {
        client.shutdown { _ in }
    }

    /// Sends a request and reads the whole answer, within a time limit.
    ///
    /// - Throws: ``BridgeError`` without such an answer; `CancellationError` when the task is cancelled.
    func answer(to request: UpstreamRequest, within limit: Duration) async throws -> UpstreamAnswer {
        do {
            // The HTTP client's own deadline ends with the head of the answer. The slower task is cancelled, and the
            // request with it.
            return try await withThrowingTaskGroup(of: UpstreamAnswer.self) { group in
                group.addTask { try await answer(to: request) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw BridgeError.unavailable("no answer in time")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let failure as BridgeError {
            throw failure
        } catch {
            guard !Task.isCancelled else { throw CancellationError() }
            throw BridgeError.unavailable(Self.reason(error))
        }
    }

    private func answer(to request: UpstreamRequest) async throws -> UpstreamAnswer {
        var sent = HTTPClientRequest(url: request.url)
        sent.method = HTTPMethod(rawValue: request.verb.rawValue)
        sent.headers = HTTPHeaders(request.headers)
        sent.body = request.body.map { .bytes(ByteBuffer(bytes: $0)) }
        let received = try await client.execute(sent, deadline: .distantFuture)
        var body: [UInt8] = []
        for try await part in received.body {
            guard body.count + part.readableBytes <= maxAnswerSize else {
                throw BridgeError.answerTooLarge(limit: maxAnswerSize)
            }
            body += part.readableBytesView
        }
        try Task.checkCancellation()
        return UpstreamAnswer(status: received.status.code, body: body)
    }

    /// The reason of a failure, without any part of the request.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: "\(error.shortDescription)"
        default: "\(type(of: error)): \(error)"
        }
    }
}
#endif
