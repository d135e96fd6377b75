#if HTTPBridge
import HTTPUpstream

/// The server that answers the calls.
struct Upstream {
    private let server: HTTPUpstream

    init(_ configuration: HTTPBridge.Configuration) throws(HTTPUpstreamError) {
        server = try HTTPUpstream(
            maxConnections: configuration.maxConnections,
            maxAnswerSize: configuration.maxAnswerSize
        )
    }

    /// Closes all connections; calls fail from then on.
    func shutDown() async {
        await server.shutDown()
    }

    /// The same without waiting.
    func abandon() {
        server.abandon()
    }

    /// Sends a request and reads the whole answer, within a time limit.
    ///
    /// - Throws: ``BridgeError`` without such an answer; `CancellationError` when the task is cancelled.
    func answer(to request: UpstreamRequest, within limit: Duration) async throws -> UpstreamAnswer {
        let sent = HTTPRequest(
            method: request.verb.rawValue,
            url: request.url,
            headers: request.headers,
            body: request.body
        )
        do {
            let answer = try await server.answer(to: sent, within: limit)
            return UpstreamAnswer(status: answer.status, body: answer.body)
        } catch let failure as HTTPUpstreamError {
            throw BridgeError(failure)
        }
    }
}

extension BridgeError {
    fileprivate init(_ failure: HTTPUpstreamError) {
        self =
            switch failure {
            case .unavailable(let reason): .unavailable(reason)
            case .answerTooLarge(let limit): .answerTooLarge(limit: limit)
            case .unusableAuthorities(let file): .unavailable("\(file) has no certificate")
            }
    }
}
#endif
