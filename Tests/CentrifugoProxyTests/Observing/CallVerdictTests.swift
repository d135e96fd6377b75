import GRPCCall
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct CallVerdictTests {
    private struct Failure: Error {}

    /// The verdict, the code and the next step of a thrown error.
    private static func words<Result: RoutedResult>(
        _ event: ProxyEvent,
        _ error: any Error,
        as type: Result.Type
    ) -> [String] {
        let verdict =
            switch Outcome<Result>(thrown: error) {
            case .reply(let reply): CallVerdict(reply, of: event)
            case .status(let status): CallVerdict(failed: status, of: event)
            }
        return [verdict.kind.word, verdict.codeText, verdict.next?.rawValue ?? "none"]
    }

    @Test(
        "says what the peer gets, and what the client's SDK does next",
        arguments: [
            (.connect, Disconnect.noHandler, "disconnected 4501 stays_closed"),
            (.connect, Disconnect.overloaded, "disconnected 4002 reconnects"),
            (.connect, CentrifugoError.permissionDenied, "error 403 stays_closed"),
            (.connect, CentrifugoError.unavailable, "error 503 reconnects"),
            (.connect, Failure(), "failed UNKNOWN reconnects"),
            (.subscribe, CentrifugoError.notFound, "error 404 stays_unsubscribed"),
            (.subscribe, CentrifugoError.unavailable, "error 503 subscribes_again"),
            (.subscribe, GRPCStatus(.unavailable), "failed UNAVAILABLE subscribes_again"),
            (.subscribeUnidirectional, CentrifugoError.unavailable, "error 503 stays_unsubscribed"),
            (.rpc, CentrifugoError.notFound, "error 404 reports_error"),
            (.rpc, PayloadError(description: "hunter2"), "error 400 reports_error"),
            (.rpc, CancellationError(), "failed CANCELLED reports_failure"),
            (.rpc, GRPCStatus.ok, "failed UNKNOWN reports_failure"),
            (.publish, Disconnect.forbidden, "disconnected 4502 stays_closed"),
            (.refresh, CentrifugoError.permissionDenied, "expired 0 reconnects"),
            (.subRefresh, Disconnect.forbidden, "expired 0 subscribes_again"),
            (.refresh, Failure(), "failed UNKNOWN stays_for_a_minute"),
            (.notifyChannelState, Failure(), "failed UNKNOWN asks_again"),
        ] as [(ProxyEvent, any Error, String)]
    )
    func verdicts(event: ProxyEvent, error: any Error, words: String) {
        let actual =
            switch event {
            case .connect: Self.words(event, error, as: ConnectResult.self)
            case .refresh: Self.words(event, error, as: RefreshResult.self)
            case .subRefresh: Self.words(event, error, as: SubRefreshResult.self)
            case .publish: Self.words(event, error, as: PublishResult.self)
            case .notifyChannelState: Self.words(event, error, as: NotifyChannelStateResult.self)
            case .rpc: Self.words(event, error, as: RPCResult.self)
            default: Self.words(event, error, as: SubscribeResult.self)
            }
        #expect(actual.joined(separator: " ") == words)
    }

    @Test("has a place for every verdict, and one for the codes of applications")
    func slots() throws {
        #expect(VerdictSlot.labels.count == VerdictSlot.count)
        func label(_ verdict: CallVerdict) -> String {
            let label = VerdictSlot.labels[VerdictSlot.index(of: verdict)]
            return "\(label.verdict) \(label.code)"
        }
        for code in GRPCStatus.Code.allCases {
            #expect(label(CallVerdict(failed: GRPCStatus(code), of: .rpc)) == "failed \(code.name)")
        }
        let own = try CentrifugoError(code: 1999, message: "own")
        #expect(label(CallVerdict(Reply<RPCResult>(error: own), of: .rpc)) == "error other")
        #expect(label(CallVerdict(Reply<RPCResult>(error: .unavailable), of: .rpc)) == "error 503")
        let disconnect = try Disconnect(code: 4999, reason: "own")
        #expect(label(CallVerdict(Reply<RPCResult>(disconnect: disconnect), of: .rpc)) == "disconnected other")
        #expect(label(CallVerdict(Reply<RPCResult>(disconnect: .badRequest), of: .rpc)) == "disconnected 4503")
        #expect(label(CallVerdict(Reply<RefreshResult>(result: .expired), of: .refresh)) == "expired 0")
        #expect(label(.abandoned) == "abandoned 0" && label(.shed(.rpc)) == "shed UNAVAILABLE")
        #expect(label(.accepted) == "accepted 0")
        #expect(Set(VerdictSlot.labels.map { "\($0)" }).count == VerdictSlot.count)
    }

    @Test("has a place for every next step")
    func steps() {
        for step in NextStep.allCases { #expect(NextStep.label(ofSlot: NextStep.slot(of: step)) == step.rawValue) }
        #expect(NextStep.label(ofSlot: NextStep.slot(of: nil)) == "none")
    }
}
