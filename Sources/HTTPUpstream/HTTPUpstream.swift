#if HTTPBridge
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends requests to HTTP servers, with a pool of connections, and bounds the time and the size of their answers.
///
/// Redirects are answers like any other: they are not followed.
package struct HTTPUpstream: Sendable {
    private let client: HTTPClient
    private let maxAnswerSize: Int

    /// Makes an upstream, which connects when a request needs it.
    ///
    /// - Parameters:
    ///   - maxConnections: The most connections to a server; requests wait for a free one.
    ///   - maxAnswerSize: The largest body of an answer in bytes; counted while it arrives.
    ///   - authorities: A PEM file of the CAs that may have issued a server's certificate, in place of the system's.
    /// - Throws: ``HTTPUpstreamError`` when the file has no certificate.
    package init(maxConnections: Int, maxAnswerSize: Int, authorities: String? = nil) throws(HTTPUpstreamError) {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            connectionPool: .init(
                idleTimeout: .seconds(30),
                concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, maxConnections)
            ),
            // A few compressed bytes could become very many.
            decompression: .disabled
        )
        // A server that is down is reported at once, since a person is waiting.
        settings.connectionPool.retryConnectionEstablishment = false
        // Spans would contain the query, and with it the payload.
        settings.tracing.tracer = nil
        if let authorities { settings.tlsConfiguration = try Self.trust(in: authorities) }
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
        self.maxAnswerSize = maxAnswerSize
    }

    /// Closes all connections.
    ///
    /// Requests fail from then on. A second call does nothing.
    package func shutDown() async {
        try? await client.shutdown()
    }

    /// The same without waiting.
    ///
    /// AsyncHTTPClient ends the process if a client is released without either.
    package func abandon() {
        client.shutdown { _ in }
    }

    /// Sends a request and reads the whole answer, within a time limit.
    ///
    /// - Throws: ``HTTPUpstreamError`` without such an answer; `CancellationError` when the task is cancelled.
    package func answer(to request: HTTPRequest, within limit: Duration) async throws -> HTTPAnswer {
        do {
            // The HTTP client's own deadline ends with the head of the answer. The slower task is cancelled, and the
            // request with it.
            return try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                group.addTask { try await answer(to: request) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw HTTPUpstreamError.unavailable("no answer in time")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let failure as HTTPUpstreamError {
            throw failure
        } catch {
            guard !Task.isCancelled else { throw CancellationError() }
            throw HTTPUpstreamError.unavailable(Self.reason(error))
        }
    }

    private func answer(to request: HTTPRequest) async throws -> HTTPAnswer {
        var sent = HTTPClientRequest(url: request.url)
        sent.method = HTTPMethod(rawValue: request.method)
        sent.headers = HTTPHeaders(request.headers)
        sent.body = request.body.map { .bytes(ByteBuffer(bytes: $0)) }
        let received = try await client.execute(sent, deadline: .distantFuture)
        var body: [UInt8] = []
        for try await part in received.body {
            guard body.count + part.readableBytes <= maxAnswerSize else {
                throw HTTPUpstreamError.answerTooLarge(limit: maxAnswerSize)
            }
            body += part.readableBytesView
        }
        try Task.checkCancellation()
        return HTTPAnswer(
            status: received.status.code,
            headers: received.headers.map { (name: $0.name, value: $0.value) },
            body: body
        )
    }

    private static func trust(in file: String) throws(HTTPUpstreamError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            throw .unusableAuthorities(file)
        }
        configuration.trustRoots = .certificates(certificates)
        return configuration
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
