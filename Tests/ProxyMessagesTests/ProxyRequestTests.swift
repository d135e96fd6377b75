import ProxyMessages
import Testing

@Suite("ProxyRequest")
struct ProxyRequestTests {
    @Test("is binary if its encoding says so", arguments: [("binary", true), ("json", false), ("", false)])
    func binary(encoding: String, expected: Bool) {
        let requests: [any ProxyRequest] = [
            ConnectRequest(encoding: encoding), RefreshRequest(encoding: encoding),
            SubscribeRequest(encoding: encoding), PublishRequest(encoding: encoding),
            MapPublishRequest(encoding: encoding), MapRemoveRequest(encoding: encoding),
            RPCRequest(encoding: encoding), SubRefreshRequest(encoding: encoding),
        ]
        for request in requests {
            #expect(request.isBinary == expected)
        }
    }
}
