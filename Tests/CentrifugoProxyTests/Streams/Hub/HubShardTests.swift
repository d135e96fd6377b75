import CentrifugoProxy
import Metrics
import MetricsTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct HubShardTests {
    @Test("delivers to many streams in chunks, with turns for others in between")
    func parts() async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub(name: "ticker") }
        try await TestServer.run(
            unidirectional: { UnidirectionalSubscription(from: hub, channel: $0.channel) }
        ) { _, connection async throws in
            let streams = (0..<130).map { _ in connection.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            for number in 0..<2 {
                try hub.publish(Publication(data: .bytes(Array("\(number)".utf8))), to: "news")
            }
            for number in 0..<2 {
                for stream in streams { #expect(try await stream.text() == "\(number)") }
            }
            let delivered = try metrics.expectCounter("centrifugo_proxy_hub_delivered", [("hub", "ticker")])
            #expect(delivered.values == [64, 64, 2, 64, 64, 2])
        }
    }
}
