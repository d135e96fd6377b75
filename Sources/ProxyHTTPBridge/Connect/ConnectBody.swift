#if HTTPBridge
import CentrifugoProxy

/// What of a connect request goes into the body, apart from the client's id: as Centrifugo's HTTP proxy sends it.
struct ConnectBody: Hashable, Sendable {
    private let members: [UInt8]

    /// - Throws: ``BridgeError`` when the client's data is not JSON where it has to be.
    init(_ request: ConnectRequest) throws(BridgeError) {
        var members: [UInt8] = []
        func append(_ name: StaticString, _ json: [UInt8]) {
            members += ",\"\(name)\":".utf8
            members += json
        }
        func append(_ name: StaticString, _ text: String) {
            if !text.isEmpty { append(name, JSONSyntax.quoted(text)) }
        }
        append("transport", request.transport)
        append("protocol", request.protocol)
        append("encoding", request.encoding)
        append("name", request.name)
        append("version", request.version)
        if !request.data.isEmpty {
            guard JSONSyntax.isValid(request.data) else { throw .badRequest }
            append("data", request.data)
        }
        append("b64data", request.b64data)
        if !request.channels.isEmpty {
            let list = request.channels.map(JSONSyntax.quoted).joined(separator: [UInt8(ascii: ",")])
            append("channels", [UInt8(ascii: "[")] + list + [UInt8(ascii: "]")])
        }
        self.members = members
    }

    /// The whole body.
    func json(client: String) -> [UInt8] {
        Array("{\"client\":".utf8) + JSONSyntax.quoted(client) + members + [UInt8(ascii: "}")]
    }
}

/// By what clients are told apart: those with equal ones may share a request.
struct ConnectCredentials: Hashable, Sendable {
    // What browsers and proxies send for everybody: two strangers may have the same.
    private static let common: Set = [
        "accept-language", "origin", "referer", "user-agent", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-proto", "x-real-ip",
    ]

    private let headers: [[UInt8]]
    private let body: ConnectBody
    /// Whether a server could recognize a user by the headers.
    let identify: Bool

    init(_ headers: [(String, String)], _ body: ConnectBody) {
        self.headers = headers.flatMap { [Array($0.0.utf8), Array($0.1.utf8)] }
        self.body = body
        identify = headers.contains { !Self.common.contains($0.0) && !$0.1.isEmpty }
    }
}
#endif
