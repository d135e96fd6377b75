/// What all requests about a client's connection have in common.
public protocol ProxyRequest: Sendable {
    /// The id of the client's connection.
    var client: String { get }
    /// The connection's transport, such as `websocket`.
    var transport: String { get }
    /// The protocol the client speaks, `json` or `protobuf`.
    var `protocol`: String { get }
    /// How payloads are encoded: `json` or `binary`.
    var encoding: String { get }
}

extension ProxyRequest {
    /// Whether payloads travel as base64, in the fields whose names begin with `b64`.
    public var isBinary: Bool {
        encoding == "binary"
    }
}

/// A request that carries something the client sent.
public protocol PayloadRequest: ProxyRequest {
    /// What the client sent, when `encoding` is `json`.
    var data: [UInt8] { get }
    /// What the client sent as base64, when `encoding` is `binary`.
    var b64data: String { get }
}
