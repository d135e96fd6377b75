import CentrifugoProxyTesting
import Testing

@Suite struct OverrideTests {
    /// Lists the client in the channel's presence.
    private let listed = SubscribeResponse(result: SubscribeResult(override: SubscribeOptionOverride(presence: true)))

    @Test("lists nobody where the namespace has no presence")
    func presence() {
        let off = Simulator(namespaces: ["chat"]).subscribe(listed, to: "chat:1")
        #expect(off.traps == [.overrideWithoutEffect] && off.features.isEmpty)
        let on = Simulator(namespaces: ["chat"], options: ChannelOptions(presence: true))
        #expect(on.subscribe(listed, to: "chat:1").features == [.presence])
        #expect(on.subscribe(listed, to: "news:1").effect == .error(code: 102, message: "unknown channel"))
        #expect(on.subscribe(listed, to: "$chat:1").effect == .error(code: 103, message: "permission denied"))
    }
}
