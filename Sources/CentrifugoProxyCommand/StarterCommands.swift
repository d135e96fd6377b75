import CentrifugoProxy

/// The starter rules for methods: `ping` answers, everything else is not found.
actor StarterCommands: RPCHandler {
    private static let pong = Payload.bytes([UInt8](#"{"pong":true}"#.utf8))

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        switch request.method {
        case "ping": RPCResult(data: Self.pong)
        default: throw CentrifugoError.notFound
        }
    }
}
