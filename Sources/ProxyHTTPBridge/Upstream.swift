#if HTTPBridge
import CentrifugoProxy
import HTTPUpstream

/// The server that answers the calls.
struct Upstream {
    private let server: HTTPUpstream
    private let section: String

    /// - Parameters:
    ///   - maxConnections: The most connections; calls wait for a free one.
    ///   - maxAnswerSize: The largest answer in bytes.
    ///   - section: The section of a policy that has these limits, for errors.
    /// - Throws: `HTTPUpstreamError`, which it does not without a file of CAs.
    init(maxConnections: Int, maxAnswerSize: Int, section: String) throws(HTTPUpstreamError) {
        server = try HTTPUpstream(maxConnections: maxConnections, maxAnswerSize: maxAnswerSize)
        self.section = section
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
            throw BridgeError(failure, section: section)
        }
    }

    /// The same in a span of its own, which the upstream can continue, if the call is traced.
    ///
    /// Attributes: OpenTelemetry's HTTP client spans, without the URL, whose query contains the payload.
    func tracedAnswer(to request: UpstreamRequest, within limit: Duration) async throws -> UpstreamAnswer {
        try await ChildSpan.run(
            request.verb.rawValue,
            .request,
            errorKind: { ($0 as? BridgeError)?.outcome.rawValue ?? "\(type(of: $0))" }
        ) { span in
            guard let span else { return try await answer(to: request, within: limit) }
            span.set("http.request.method", request.verb.rawValue)
            let answer = try await answer(to: request.continuing(span.headers), within: limit)
            span.set("http.response.status_code", Int(answer.status))
            if answer.status >= 400 { span.fail("\(answer.status)") }
            return answer
        }
    }
}

extension BridgeError {
    fileprivate init(_ failure: HTTPUpstreamError, section: String) {
        self =
            switch failure {
            case .unavailable(let reason): .unavailable(reason)
            case .answerTooLarge(let limit): .answerTooLarge(limit: limit, section: section)
            case .unusableAuthorities(let file): .unavailable("\(file) has no certificate")
            }
    }
}
#endif
