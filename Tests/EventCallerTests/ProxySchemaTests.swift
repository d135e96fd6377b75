import CentrifugoProxy
import Testing

@testable import EventCaller

@Suite struct ProxySchemaTests {
    @Test("knows the messages of every event", arguments: ProxyEvent.allCases)
    func events(event: ProxyEvent) {
        let method = ProxySchema.proxy.method(event)
        #expect(!ProxySchema.proxy.message(method.input).fields.isEmpty)
        #expect(!ProxySchema.proxy.message(method.output).fields.isEmpty)
        #expect(method.streamsRequests == (event == .subscribeBidirectional))
        #expect(method.streamsAnswers == [.subscribeUnidirectional, .subscribeBidirectional].contains(event))
    }

    @Test("has a type for every field of every message")
    func fields() {
        let proxy = ProxySchema.proxy
        #expect(proxy.messages.count > 40)
        for message in proxy.messages.values {
            for case .message(let type) in message.fields.map(\.kind) {
                #expect(proxy.messages[type] != nil, "\(message.name) has a field of \(type)")
            }
        }
        let request = proxy.message("centrifugal.centrifugo.proxy.ConnectRequest")
        #expect(request.fields.map(\.number) == [1, 2, 3, 4, 10, 11, 12, 13, 14])
    }
}
