public import CentrifugoProxy
import EventCaller
public import Logging
import ProtobufWire
import ProxyMessages

/// Calls a service as Centrifugo does for one client, in memory: without a port, a socket or Centrifugo.
///
/// ```swift
/// let client = TestClient(connect: Sessions())
/// let response = try await client.connect(data: #"{"authToken":"guess"}"#)
/// #expect(response.disconnect == .unauthorized)
/// ```
///
/// Each call goes through all that a `ProxyServer` does with one of Centrifugo's, on a connection in memory: HTTP/2, gRPC,
/// the server's default limits of sizes and counts, the service's interceptors. An answer is what Centrifugo would receive. A call that ends
/// with a status instead throws the `GRPCStatus`. A ``Simulator`` says what Centrifugo and the client's SDK do with an
/// answer.
///
/// A unary call returns when the work that its handler does after the answer is done as well, unless its time is over.
/// Handlers run on Swift's global executor.
public struct TestClient: Sendable {
    /// The service that is called.
    public let service: ProxyService
    /// The id of the client's connection.
    public var client = "c7b1d9e2-0000-4000-8000-000000000001"
    /// The connection's transport.
    public var transport = "websocket"
    /// The protocol the client speaks, `json` or `protobuf`; unless it is set, `protobuf` for payloads in `binary`.
    public var `protocol`: String {
        get { ownProtocol ?? (isBinary ? "protobuf" : "json") }
        set { ownProtocol = newValue }
    }
    /// How payloads are encoded: `json` or `binary`.
    ///
    /// The proxy's configuration decides it, not the client's protocol: clients of either protocol may have either.
    public var encoding = "json"
    /// The user's id, in all requests but Connect's; empty for an anonymous one.
    public var user: String
    /// The JSON object that is attached to the connection; requests have it only with ``includesConnectionMeta``.
    public var meta = Payload.empty
    /// Whether requests have the connection's ``meta``: the option `include_connection_meta` of the event's proxy.
    ///
    /// It is off, as in Centrifugo. Handlers that read `meta`, such as those of topics with roles and of sessions by
    /// tokens, need it here, and in the options of each of their proxies in Centrifugo's configuration.
    public var includesConnectionMeta = false
    /// The labels of the connection (Centrifugo PRO).
    public var labels: [String: String] = [:]
    /// What is sent as gRPC metadata: static metadata, forwarded client headers, credentials.
    public var metadata: Metadata
    /// The timeout of each call; nil for none.
    public var timeout: Duration?
    /// How many publications of a subscription's stream may be unread before handlers that write have to wait, and hubs apply
    /// their policy for slow readers.
    public var unreadLimit = 64
    /// Where the service logs what goes wrong in handlers; without a sink unless it is set.
    public var logger = Logger(label: "CentrifugoProxyTesting") { _ in SwiftLogNoOpLogHandler() }

    private var ownProtocol: String?

    /// Makes a client of a service.
    ///
    /// - Parameters:
    ///   - service: What is called.
    ///   - user: The user's id, as if it had connected.
    ///   - metadata: What is sent as gRPC metadata.
    ///   - timeout: The timeout of each call; after it, the call ends with DEADLINE_EXCEEDED and the handler's
    ///     task is cancelled. Centrifugo gives unary calls 1 s unless it is configured.
    public init(_ service: ProxyService, user: String = "", metadata: Metadata = [:], timeout: Duration? = nil) {
        self.service = service
        self.user = user
        self.metadata = metadata
        self.timeout = timeout
    }

    /// This client, changed: `client.with { $0.encoding = "binary" }`.
    public func with(_ change: (inout TestClient) throws -> Void) rethrows -> TestClient {
        var copy = self
        try change(&copy)
        return copy
    }

    /// This client after an accepted connection: with the result's user, meta and labels.
    public func connected(as result: ConnectResult) -> TestClient {
        with { client in
            client.user = result.user
            client.meta = result.meta
            client.labels = result.labels
        }
    }

    /// The meta of a request.
    var sentMeta: Payload { includesConnectionMeta ? meta : .empty }

    /// Whether payloads travel as base64.
    var isBinary: Bool { encoding == "binary" }

    /// What a client sends, in the field that its encoding wants.
    func payload(_ text: String) -> (data: [UInt8], b64data: String) {
        isBinary ? ([], ClientPayload.base64(Array(text.utf8))) : (Array(text.utf8), "")
    }

    /// Calls an event.
    func call<Result: ReplyResult>(_ event: ProxyEvent, _ request: some WireMessage) async throws -> Reply<Result> {
        let call = try await JoinedCall.open(
            event,
            of: service,
            message: request.wireBytes(),
            metadata: metadata,
            timeout: timeout,
            logger: logger
        )
        return try Reply(wireBytes: try await call.answer())
    }
}
