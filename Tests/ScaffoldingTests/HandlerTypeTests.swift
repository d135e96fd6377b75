import CentrifugoProxy
import Testing

@testable import Scaffolding

@Suite struct HandlerTypeTests {
    @Test("has every event of the library, in its order")
    func all() {
        #expect(HandlerType.allCases.map(\.label) == ProxyEvent.allCases.map { "\($0)" })
    }

    @Test("reads each event in three spellings", arguments: ProxyEvent.allCases)
    func spellings(event: ProxyEvent) throws {
        let type = try HandlerType(named: event.methodName)
        #expect(type.label == "\(event)")
        #expect(try HandlerType(named: type.label) == type)
        #expect(try HandlerType(named: type.rawValue) == type)
    }

    @Test("refuses anything else with the list", arguments: ["", "conect", "subscribe-stream", "--help"])
    func unknown(name: String) {
        let sentence = refusal { _ = try HandlerType(named: name) }
        #expect(
            sentence == """
                There is no event '\(name)'; choose one of connect, refresh, subscribe, sub-refresh, publish, rpc, \
                map-publish, map-remove, shared-poll-refresh, notify-cache-empty, notify-channel-state, \
                subscribe-unidirectional, subscribe-bidirectional.
                """
        )
    }
}
