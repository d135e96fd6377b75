import Testing

@testable import CentrifugoProxy

@Suite struct ProxyEventTests {
    // From the proto: package centrifugal.centrifugo.proxy, service CentrifugoProxy.
    static let paths: [(ProxyEvent, String)] = [
        (.connect, "/centrifugal.centrifugo.proxy.CentrifugoProxy/Connect"),
        (.refresh, "/centrifugal.centrifugo.proxy.CentrifugoProxy/Refresh"),
        (.subscribe, "/centrifugal.centrifugo.proxy.CentrifugoProxy/Subscribe"),
        (.publish, "/centrifugal.centrifugo.proxy.CentrifugoProxy/Publish"),
        (.rpc, "/centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"),
        (.subRefresh, "/centrifugal.centrifugo.proxy.CentrifugoProxy/SubRefresh"),
        (.subscribeUnidirectional, "/centrifugal.centrifugo.proxy.CentrifugoProxy/SubscribeUnidirectional"),
        (.subscribeBidirectional, "/centrifugal.centrifugo.proxy.CentrifugoProxy/SubscribeBidirectional"),
        (.notifyCacheEmpty, "/centrifugal.centrifugo.proxy.CentrifugoProxy/NotifyCacheEmpty"),
        (.notifyChannelState, "/centrifugal.centrifugo.proxy.CentrifugoProxy/NotifyChannelState"),
        (.mapPublish, "/centrifugal.centrifugo.proxy.CentrifugoProxy/MapPublish"),
        (.mapRemove, "/centrifugal.centrifugo.proxy.CentrifugoProxy/MapRemove"),
        (.sharedPollRefresh, "/centrifugal.centrifugo.proxy.CentrifugoProxy/SharedPollRefresh"),
    ]

    @Test("has the path of its method in the proto", arguments: paths)
    func path(event: ProxyEvent, path: String) {
        #expect(event.path == path)
        #expect(path.hasSuffix("/\(event.methodName)"))
    }

    @Test("exists for each of the thirteen methods")
    func complete() {
        #expect(Set(ProxyEvent.allCases) == Set(Self.paths.map(\.0)))
        #expect(Set(Self.paths.map(\.1)).count == 13)
    }

    @Test("names where Centrifugo's configuration switches it on", arguments: ProxyEvent.allCases)
    func option(event: ProxyEvent) {
        #expect(!event.definition.centrifugoOption.isEmpty)
    }
}
