import GRPCCall
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct OutcomeTests {
    private struct Unknown: Error, CustomStringConvertible {
        let description = "password=hunter2"
    }

    /// How an outcome appears to the peer.
    private enum Seen: Equatable {
        case error(UInt32)
        case disconnect(UInt32)
        case expired
        case status(GRPCStatus.Code)
        case other
    }

    private static func seen<Result: RoutedResult>(_ error: any Error, by _: Result.Type) -> Seen {
        switch Outcome<Result>(thrown: error) {
        case .status(let status): return .status(status.code)
        case .reply(let reply):
            switch (reply.result, reply.error, reply.disconnect) {
            case (nil, let error?, nil): return .error(error.code)
            case (nil, nil, let disconnect?): return .disconnect(disconnect.code)
            case (let result as RefreshResult, nil, nil) where result == .expired: return .expired
            case (let result as SubRefreshResult, nil, nil) where result == .expired: return .expired
            default: return .other
            }
        }
    }

    private static let full: [any RoutedResult.Type] = [
        ConnectResult.self, SubscribeResult.self, PublishResult.self, RPCResult.self, MapPublishResult.self,
        MapRemoveResult.self,
    ]
    private static let errorOnly: [any RoutedResult.Type] = [
        SharedPollRefreshResult.self, NotifyChannelStateResult.self,
    ]
    private static let refreshing: [any RoutedResult.Type] = [RefreshResult.self, SubRefreshResult.self]
    private static let resultOnly: [any RoutedResult.Type] = [NotifyCacheEmptyResult.self]

    @Test("sends refusals where the event can carry both")
    func fullEvents() {
        for type in Self.full {
            #expect(Self.seen(CentrifugoError.rateLimited, by: type) == .error(429))
            #expect(Self.seen(Disconnect.forbidden, by: type) == .disconnect(4502))
            #expect(Self.seen(PayloadError(description: ""), by: type) == .error(400))
        }
    }

    @Test("fails the call for a disconnect where the event can carry only an error")
    func errorOnlyEvents() {
        for type in Self.errorOnly {
            #expect(Self.seen(CentrifugoError.rateLimited, by: type) == .error(429))
            #expect(Self.seen(Disconnect.forbidden, by: type) == .status(.unknown))
        }
    }

    @Test("ends what should be refreshed: Centrifugo reads no refusal there")
    func refreshEvents() {
        for type in Self.refreshing {
            #expect(Self.seen(CentrifugoError.rateLimited, by: type) == .expired)
            #expect(Self.seen(Disconnect.forbidden, by: type) == .expired)
        }
    }

    @Test("fails the call where the event cannot carry a refusal")
    func resultOnlyEvents() {
        for type in Self.resultOnly {
            #expect(Self.seen(CentrifugoError.rateLimited, by: type) == .status(.unknown))
            #expect(Self.seen(Disconnect.forbidden, by: type) == .status(.unknown))
        }
    }

    @Test("sends any event's gRPC status, hides unknown errors, and never takes an error for success")
    func allEvents() {
        for type in Self.full + Self.errorOnly + Self.refreshing + Self.resultOnly {
            #expect(Self.seen(GRPCStatus(.unavailable, "later"), by: type) == .status(.unavailable))
            #expect(Self.seen(GRPCStatus.ok, by: type) == .status(.unknown))
            #expect(Self.seen(CancellationError(), by: type) == .status(.cancelled))
            #expect(Self.seen(Unknown(), by: type) == .status(.unknown))
        }
    }

    @Test("reports every unknown error alike")
    func fixedText() {
        guard case .status(let status) = Outcome<RPCResult>(thrown: Unknown()) else {
            Issue.record("no status")
            return
        }
        #expect(status == GRPCStatus(.unknown, "the handler failed"))
    }

    @Test("distinguishes intended refusals from failures, which are logged")
    func refusals() {
        let meant: [any Error] = [
            CentrifugoError.badRequest, Disconnect.forbidden, GRPCStatus(.aborted), CancellationError(),
        ]
        #expect(meant.allSatisfy(isRefusal))
        #expect(!isRefusal(Unknown()))
    }
}
