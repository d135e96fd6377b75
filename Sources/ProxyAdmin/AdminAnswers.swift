import CentrifugoProxy
import NIOHTTP1
import Synchronization

/// An answer of the admin listener.
struct AdminAnswer: Sendable {
    var status: HTTPResponseStatus
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]
    /// Further header fields.
    var fields: [(name: String, value: String)] = []

    init(_ status: HTTPResponseStatus, _ text: String) {
        self.status = status
        body = Array("\(text)\n".utf8)
    }
}

/// Answers the requests of operators.
struct AdminAnswers: Sendable {
    private static let paths = ["/metrics", "/livez", "/readyz", "/version"]

    let health: ServerHealth
    let scrapes: SharedScrape
    /// What `/metrics` and `/version` ask for; nil asks for nothing.
    let token: AdminToken?
    let program: (name: String, version: String)

    /// The answer to a request; of HEAD, with the body that GET would have.
    func answer(_ request: HTTPRequestHead) async -> AdminAnswer {
        let path = request.uri.prefix { $0 != "?" }
        guard Self.paths.contains(String(path)) else {
            return AdminAnswer(.notFound, "not found; there are \(Self.paths.joined(separator: ", "))")
        }
        guard request.method == .GET || request.method == .HEAD else {
            var answer = AdminAnswer(.methodNotAllowed, "only GET and HEAD")
            answer.fields = [("allow", "GET, HEAD")]
            return answer
        }
        switch path {
        case "/livez": return AdminAnswer(.ok, "ok")
        case "/readyz":
            return health.status() == .serving
                ? AdminAnswer(.ok, "ok") : AdminAnswer(.serviceUnavailable, "not serving")
        default: break
        }
        if let token, !token.accepts(request.headers[canonicalForm: "authorization"].map { String($0) }) {
            var answer = AdminAnswer(.unauthorized, "a token is missing or wrong")
            answer.fields = [("www-authenticate", "Bearer")]
            return answer
        }
        guard path == "/metrics" else { return version }
        let format = ExpositionFormat(accept: request.headers["accept"].joined(separator: ","))
        var answer = AdminAnswer(.ok, "")
        answer.body = Exposition.text(of: await scrapes.families(), as: format)
        answer.contentType = format.contentType
        return answer
    }

    private var version: AdminAnswer {
        var answer = AdminAnswer(.ok, #"{"name":"\#(program.name)","version":"\#(program.version)"}"#)
        answer.contentType = "application/json"
        return answer
    }
}

/// The token of an admin listener: compared in constant time, and never shown.
final class AdminToken: Sendable {
    private static let scheme = "bearer "

    private let value: Mutex<[UInt8]>

    init(_ token: String) {
        value = Mutex(Array(token.utf8))
    }

    func replace(by token: String) {
        value.withLock { $0 = Array(token.utf8) }
    }

    /// Whether the values of `authorization` are one, with the token (RFC 6750 §2.1).
    func accepts(_ fields: [String]) -> Bool {
        guard fields.count == 1, fields[0].lowercased().hasPrefix(Self.scheme) else { return false }
        let received = Array(fields[0].utf8.dropFirst(Self.scheme.utf8.count))
        let value = value.withLock { $0 }
        // An empty token would be everybody's.
        guard !value.isEmpty else { return false }
        return received.withUnsafeBytes { SharedSecret.areEqual($0, value) }
    }
}

/// Reads the metrics once for all that ask at a time: a scrape that takes long is not begun again by the next one.
actor SharedScrape {
    private let sources: [@Sendable () async -> [MetricFamily]]
    private var running: Task<[MetricFamily], Never>?

    init(_ sources: [@Sendable () async -> [MetricFamily]]) {
        self.sources = sources
    }

    func families() async -> [MetricFamily] {
        if let running { return await running.value }
        let task = Task { [sources] in
            var families: [MetricFamily] = []
            for source in sources { families += await source() }
            return families
        }
        running = task
        let families = await task.value
        running = nil
        return families
    }
}
