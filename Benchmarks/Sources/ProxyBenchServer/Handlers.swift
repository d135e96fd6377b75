import CentrifugoProxy

/// What every server of the comparison answers.
let cannedAnswer: StaticString = #"{"pong":1784030400}"#

/// The canned answer as a payload, which is the same array for every call.
let cannedPayload = Payload.bytes(cannedAnswer.withUTF8Buffer { [UInt8]($0) })

/// Answers at once.
actor Commands: RPCHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        RPCResult(data: cannedPayload)
    }
}

/// Answers with what it asks another actor for.
///
/// That actor is on the default executor, so the call leaves the handler's actor and comes back.
actor AskingCommands: RPCHandler {
    private let store = Store()

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        RPCResult(data: await store.answer(to: request.method))
    }
}

/// What a handler would keep its state in.
actor Store {
    private var asked = 0

    func answer(to method: String) -> Payload {
        asked += 1
        return method.isEmpty ? .empty : cannedPayload
    }
}

/// Hands on what it gets.
struct PassOn: Interceptor {
    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        try await next(request, context)
    }
}
