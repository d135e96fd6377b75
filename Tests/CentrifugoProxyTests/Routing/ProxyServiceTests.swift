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

    @Test("registers actors by the protocols that they conform to")
    func registered() throws {
        let router = TopicRouter(TopicRegistry())
        let service = try ProxyService(handlers: [Commands(), Both(), router])
        #expect(service.handledEvents == ProxyEvent.allCases.filter { !$0.isUnrelated })
        #expect(service.handlers.count == 3)
        #expect(try ProxyService(handlers: []).handledEvents.isEmpty)
    }

    @Test("refuses actors that serve no event, and two that serve the same")
    func refused() throws {
        actor Idle {}
        #expect(
            Self.mistake([Commands(), Idle()])
                == "Idle serves no event; make it conform to ConnectHandler, RPCHandler or another handler protocol."
        )
        #expect(
            Self.mistake([Both(), Commands(), Sessions()])
                == "Both and Sessions serve Connect; register one of them, or name the handler of each event: ProxyService(connect: …)."
        )
        #expect(
            Self.mistake([Commands(), Commands()])
                == "Two actors of type Commands serve RPC; register one of them, or name the handler of each event: ProxyService(rpc: …)."
        )
    }

    private actor Sessions: ConnectHandler {
        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult { ConnectResult() }
    }

    private static func mistake(_ handlers: [any Actor]) -> String? {
        do throws(ProxyServiceError) {
            _ = try ProxyService(handlers: handlers)
            return nil
        } catch {
            return error.description
        }
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

extension ProxyEvent {
    /// Whether none of the actors of these tests serves it.
    fileprivate var isUnrelated: Bool {
        [.sharedPollRefresh, .notifyCacheEmpty, .notifyChannelState].contains(self)
    }
}
