import CentrifugoProxy
import Testing

/// The short forms of refusals, as handlers write them.
@Suite struct ShortRefusalTests {
    private struct Row: Sendable {
        let refuse: @Sendable () throws -> Void
        let refusal: any Refusal
    }

    private static let rows: [Row] = [
        Row(refuse: { throw .permissionDenied }, refusal: CentrifugoError.permissionDenied),
        Row(refuse: { throw .notFound }, refusal: CentrifugoError.notFound),
        Row(refuse: { throw .conflict }, refusal: CentrifugoError.conflict),
        Row(refuse: { throw .rateLimited }, refusal: CentrifugoError.rateLimited),
        Row(refuse: { throw .internalError }, refusal: CentrifugoError.internalError),
        Row(refuse: { throw .unavailable }, refusal: CentrifugoError.unavailable),
        Row(refuse: { throw .payloadTooLarge }, refusal: CentrifugoError.payloadTooLarge),
        Row(refuse: { throw .goingAway }, refusal: Disconnect.goingAway),
        Row(refuse: { throw .serverError }, refusal: Disconnect.serverError),
        Row(refuse: { throw .overloaded }, refusal: Disconnect.overloaded),
        Row(refuse: { throw .noHandler }, refusal: Disconnect.noHandler),
        Row(refuse: { throw .forbidden }, refusal: Disconnect.forbidden),
    ]

    @Test("are the refusals of the same names", arguments: rows.indices)
    func names(row: Int) {
        let row = Self.rows[row]
        switch row.refusal {
        case let error as CentrifugoError: #expect(throws: error) { try row.refuse() }
        case let disconnect as Disconnect: #expect(throws: disconnect) { try row.refuse() }
        default: Issue.record("\(row.refusal)")
        }
    }

    @Test("can be written wherever a handler refuses")
    func places() async throws {
        struct Failure: Error {}
        actor Forms: RPCHandler {
            func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
                guard request.method != "guard" else { throw .conflict }
                switch request.method {
                case "case": throw .forbidden
                default: return RPCResult(data: .empty)
                }
            }
        }
        await #expect(throws: CentrifugoError.conflict) {
            try await Forms().rpc(RPCRequest(method: "guard"), context: CallContext(event: .rpc))
        }
        await #expect(throws: Disconnect.forbidden) {
            try await Forms().rpc(RPCRequest(method: "case"), context: CallContext(event: .rpc))
        }
        var errors = ErrorMapping()
        errors.mapOthers(to: .unavailable)
        await #expect(throws: CentrifugoError.unavailable) {
            try await errors.intercept(RPCRequest(), context: CallContext(event: .rpc)) { _, _ -> RPCResult in
                throw Failure()
            }
        }
    }

    @Test("leave the full names as they are, where both kinds of refusal have them")
    func ambiguous() {
        let (error, disconnect): (CentrifugoError, Disconnect) = (.unauthorized, .unauthorized)
        #expect(error == .unauthorized && disconnect == .unauthorized)
        #expect(error.code == 401 && disconnect.code == 4500)
    }
}
