/// The common fields of all requests about a client's connection.
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
    /// Whether payloads are base64, in the fields whose names begin with `b64`.
    public var isBinary: Bool {
        encoding == "binary"
    }
}

/// A request with data from the client.
public protocol PayloadRequest: ProxyRequest {
    /// The data that the client sent, when `encoding` is `json`.
    var data: [UInt8] { get }
    /// The data that the client sent, as base64, when `encoding` is `binary`.
    var b64data: String { get }
}
