import Testing

@testable import CentrifugoProxy

@Suite struct ProxyServiceTests {
    private actor Both: ConnectHandler, RefreshHandler {
        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult { ConnectResult() }
        func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult { .expired }
    }

    @Test("handles the events it was given handlers for, and no other")
    func handled() {
        let both = Both()
        #expect(ProxyService().handledEvents.isEmpty)
        #expect(ProxyService(connect: both).handledEvents == [.connect])
        #expect(
            ProxyService(connect: both, refresh: both, rpc: Commands()).handledEvents == [.connect, .refresh, .rpc]
        )
    }

    @Test("counts an actor that serves several events once")
    func handlers() {
        let both = Both()
        #expect(ProxyService(connect: both, refresh: both).handlers.count == 1)
        #expect(ProxyService(connect: both, refresh: Both(), rpc: Commands()).handlers.count == 3)
    }

    @Test("warns of an event without a handler once, in all copies of the service")
    func warnings() {
        let service = ProxyService()
        let copy = service
        #expect(service.isFirstUnhandled(.connect))
        #expect(!copy.isFirstUnhandled(.connect))
        #expect(copy.isFirstUnhandled(.rpc))
        #expect(!service.isFirstUnhandled(.rpc))
    }
}
