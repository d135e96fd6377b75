#if HTTPBridge
import CentrifugoProxy

/// The answer of a server for connections, in the JSON of Centrifugo's connect proxy.
enum ConnectAnswer: Sendable {
    case accepted(ConnectResult)
    case error(CentrifugoError)
    case disconnect(Disconnect)

    /// Reads an answer.
    ///
    /// - Throws: ``BridgeError`` for everything that is not understood.
    init(_ answer: UpstreamAnswer) throws(BridgeError) {
        switch answer.status {
        case 200: break
        // The server knows the client's credentials, and does not accept them.
        case 401, 403:
            self = .disconnect(.unauthorized)
            return
        case 300..<400: throw .badAnswer("the answer is a redirect, which is not followed")
        default: throw .badAnswer("the answer's status is not 200")
        }
        guard JSONSyntax.isValid(answer.body) else { throw .badAnswer("the answer is not JSON") }
        do {
            self = try Self.read(JSONFields(answer.body[...]))
        } catch {
            throw .badAnswer("of the answer, \(error)")
        }
    }

    /// The result of an accepted client.
    ///
    /// - Throws: `CentrifugoError` or `Disconnect` for any other.
    func result() throws -> ConnectResult {
        switch self {
        case .accepted(let result): return result
        case .error(let error): throw error
        case .disconnect(let disconnect): throw disconnect
        }
    }

    /// As in Centrifugo, a disconnect takes precedence over an error, and an error over a result.
    private static func read(_ fields: JSONFields) throws -> ConnectAnswer {
        if let disconnect = try fields.object("disconnect") {
            let code = try code(of: disconnect)
            return .disconnect(try Disconnect(code: code, reason: try disconnect.text("reason") ?? ""))
        }
        if let error = try fields.object("error") {
            return .error(
                try CentrifugoError(
                    code: try code(of: error),
                    message: try error.text("message") ?? "",
                    temporary: try error.flag("temporary") ?? false
                )
            )
        }
        guard let result = try fields.object("result") else {
            throw JSONFieldError("it", "has none of result, error and disconnect")
        }
        return .accepted(try ConnectResult(json: result))
    }

    private static func code(of fields: JSONFields) throws -> UInt32 {
        UInt32(clamping: try fields.number("code") ?? 0)
    }
}

extension ConnectResult {
    /// Reads a result from the JSON of Centrifugo's connect proxy.
    ///
    /// - Throws: ``JSONFieldError`` for a member of a wrong type; unknown members are skipped.
    fileprivate init(json fields: JSONFields) throws(JSONFieldError) {
        let expireAt = try fields.number("expire_at") ?? 0
        guard expireAt >= 0 else { throw JSONFieldError(fields.place("expire_at"), "is below 0") }
        if fields.json("meta") != nil { _ = try fields.object("meta") }
        self.init(
            user: try fields.text("user") ?? "",
            expireAt: expireAt,
            info: try fields.payload("info", orBase64: "b64info"),
            data: try fields.payload("data", orBase64: "b64data"),
            channels: try fields.texts("channels") ?? [],
            subs: try SubscribeOptions.subscriptions(json: fields),
            meta: fields.json("meta").map { .bytes(Array($0)) } ?? .empty,
            caps: try Self.capabilities(fields),
            labels: try Self.labels(fields)
        )
    }

    private static func capabilities(_ fields: JSONFields) throws(JSONFieldError) -> [ChannelsCapability] {
        var capabilities: [ChannelsCapability] = []
        for element in try fields.list("caps") ?? [] {
            let capability = try JSONFields(element, path: fields.place("caps"))
            capabilities.append(
                ChannelsCapability(
                    channels: try capability.texts("channels") ?? [],
                    allow: try capability.texts("allow") ?? [],
                    match: try capability.text("match") ?? ""
                )
            )
        }
        return capabilities
    }

    private static func labels(_ fields: JSONFields) throws(JSONFieldError) -> [String: String] {
        guard let labels = try fields.object("labels") else { return [:] }
        var texts: [String: String] = [:]
        for name in labels.names { texts[name] = try labels.text(name) }
        return texts
    }
}
#endif
