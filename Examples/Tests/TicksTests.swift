import CentrifugoProxyTesting
import Testing

/// Publishes ticks to every subscriber.
actor Ticks: SubscribeUnidirectionalHandler {
    let hub = ChannelHub(name: "ticks")

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        guard request.channel == "ticks" else { throw .permissionDenied }
        return UnidirectionalSubscription(from: hub, channel: "ticks")
    }
}

@Suite struct TicksTests {
    @Test("publishes ticks until the client leaves")
    func ticking() async throws {
        let ticks = Ticks()
        let stream = try await TestClient(subscribeUnidirectional: ticks).subscribeUnidirectional(to: "ticks")
        #expect(stream.response.error == nil)
        try ticks.hub.publish(Publication(data: .json(["tick": 1])), to: "ticks")
        #expect(await stream.next()?.data.text == #"{"tick":1}"#)
        stream.cancel()
        #expect(await stream.end() == nil)
    }
}
