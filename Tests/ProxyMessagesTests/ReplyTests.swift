import ProxyMessages
import Testing

@Suite("Reply")
struct ReplyTests {
    @Test("writes its parts as fields 1, 2 and 3")
    func parts() throws {
        let reply = RPCResponse(
            result: RPCResult(data: "a"),
            error: try CentrifugoError(code: 400, message: "b"),
            disconnect: try Disconnect(code: 4000, reason: "c")
        )
        let bytes: [UInt8] = [
            0x0A, 0x03, 0x0A, 0x01, 0x61,
            0x12, 0x06, 0x08, 0x90, 0x03, 0x12, 0x01, 0x62,
            0x1A, 0x06, 0x08, 0xA0, 0x1F, 0x12, 0x01, 0x63,
        ]
        #expect(reply.wireBytes() == bytes)
        #expect(try RPCResponse(wireBytes: bytes) == reply)
    }

    @Test("has no disconnect for messages without the field")
    func noDisconnect() throws {
        let poll = SharedPollRefreshResponse(error: .notFound, disconnect: .forbidden)
        let state = NotifyChannelStateResponse(error: .notFound, disconnect: .forbidden)
        #expect(poll.wireBytes() == SharedPollRefreshResponse(error: .notFound).wireBytes())
        #expect(state.wireBytes() == NotifyChannelStateResponse(error: .notFound).wireBytes())
        #expect(try SharedPollRefreshResponse(wireBytes: [0x1A, 0x00]) == SharedPollRefreshResponse())
        #expect(try NotifyChannelStateResponse(wireBytes: [0x12, 0x00, 0x1A, 0x00]).error?.code == 0)
    }

    @Test("has no refusals for messages without the fields")
    func resultOnly() throws {
        let reply = NotifyCacheEmptyResponse(
            result: NotifyCacheEmptyResult(populated: true),
            error: .notFound,
            disconnect: .forbidden
        )
        #expect(reply.wireBytes() == [0x0A, 0x02, 0x08, 0x01])
        #expect(try NotifyCacheEmptyResponse(wireBytes: [0x12, 0x00, 0x1A, 0x00]) == NotifyCacheEmptyResponse())
    }
}
