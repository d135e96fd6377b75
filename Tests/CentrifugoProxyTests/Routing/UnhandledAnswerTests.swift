import GRPCCall
import ProtobufWire
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct UnhandledAnswerTests {
    /// The message of an event's answer, without the length prefix that it is kept with.
    private static func message(for event: ProxyEvent) throws -> [UInt8] {
        guard case .encoded(let bytes, _) = event.definition.unhandledAnswer else { throw GRPCStatus(.unimplemented) }
        let message = Array(bytes.dropFirst(5))
        #expect(bytes == lengthPrefixed(message))
        return message
    }

    private static func reply<Result: ReplyResult>(
        to event: ProxyEvent,
        _: Result.Type = Result.self
    ) throws -> Reply<Result> {
        try Reply<Result>(wireBytes: message(for: event))
    }

    @Test("ends a connection without a handler for good")
    func connect() throws {
        let reply = try Self.reply(to: .connect, ConnectResult.self)
        #expect(reply == ConnectResponse(disconnect: try Disconnect(code: 4501, reason: "no connect handler")))
        #expect(reply.disconnect?.isReconnecting == false)
    }

    @Test("lets expire what has no handler: a failure would extend it")
    func refresh() throws {
        #expect(try Self.reply(to: .refresh) == RefreshResponse(result: .expired))
        #expect(try Self.reply(to: .subRefresh) == SubRefreshResponse(result: .expired))
    }

    @Test("refuses with an error that is not temporary")
    func errors() throws {
        let notFound = try CentrifugoError(code: 404, message: "not found", temporary: false)
        #expect(try Self.reply(to: .subscribe) == SubscribeResponse(error: notFound))
        #expect(try Self.reply(to: .publish) == PublishResponse(error: notFound))
        #expect(try Self.reply(to: .rpc) == RPCResponse(error: notFound))
        #expect(try Self.reply(to: .mapPublish) == MapPublishResponse(error: notFound))
        #expect(try Self.reply(to: .mapRemove) == MapRemoveResponse(error: notFound))
        for event in [ProxyEvent.subscribeUnidirectional, .subscribeBidirectional] {
            let first = try StreamSubscribeResponse(wireBytes: Self.message(for: event))
            #expect(first == StreamSubscribeResponse(subscribeResponse: SubscribeResponse(error: notFound)))
        }
    }

    @Test("reports that no cache was populated: a failure would fail the subscribe")
    func cacheEmpty() throws {
        let reply = try Self.reply(to: .notifyCacheEmpty, NotifyCacheEmptyResult.self)
        #expect(reply == NotifyCacheEmptyResponse(result: NotifyCacheEmptyResult(populated: false)))
    }

    @Test(
        "is UNIMPLEMENTED where Centrifugo reads no refusal",
        arguments: [
            ProxyEvent.sharedPollRefresh, .notifyChannelState,
        ]
    )
    func unimplemented(event: ProxyEvent) {
        guard case .status(let status) = event.definition.unhandledAnswer else {
            Issue.record("a message")
            return
        }
        #expect(status.code == .unimplemented)
        #expect(status.message.contains(event.methodName))
    }

    @Test("is never empty, which would mean allowed", arguments: ProxyEvent.allCases)
    func neverEmpty(event: ProxyEvent) {
        if case .encoded(let bytes, _) = event.definition.unhandledAnswer { #expect(bytes.count > 5) }
    }
}
