import CentrifugoModel
import CentrifugoProxyTesting
import ProxyMessages
import Testing

/// Holds what a test client sends as `meta` against what Centrifugo sent: see Tests/CentrifugoFacts.
@Suite struct MetaFactTests {
    @Test("sends the meta that Centrifugo sends, by the options of the proxies")
    func metas() async throws {
        var counts = [false: 0, true: 0]
        for fact in try CentrifugoFact.all() where fact.config != nil && !fact.id.hasPrefix("formgen") {
            let configuration = try FactConfiguration(root: try #require(fact.config))
            let backend = FactBackend(answers: fact.backend ?? [:], configuration: configuration, now: 1)
            let metas = Metas()
            var clients: [String?: TestClient] = [:]
            for command in fact.commands {
                // What comes by HTTP has other forms.
                guard let event = command.called, let request = command.request, command.via == nil else { continue }
                if event == "Connect" {
                    let result = try backend.connect(data: command.args?["data"])?.result
                    clients[command.client] = result.map(metas.client.connected)
                    continue
                }
                guard var client = clients[command.client] else { continue }
                client.includesConnectionMeta = configuration.includesMeta(
                    event,
                    channel: command.channel ?? request["channel"]?.text,
                    method: request["method"]?.text
                )
                guard try await call(event, of: client) else { continue }
                let sent = request["meta"]?.text ?? request[path: "subscribe_request.meta"]?.text ?? ""
                #expect(await metas.take() == [sent], "\(fact.id): \(event)")
                counts[!sent.isEmpty, default: 0] += 1
                let new = try backend.refresh()?.result?.meta ?? .empty
                if event == "Refresh", !new.isEmpty { clients[command.client]?.meta = new }
            }
        }
        #expect(counts == [false: 164, true: 40])
    }

    /// Calls an event; false when no client is asked about.
    private func call(_ event: String, of client: TestClient) async throws -> Bool {
        switch event {
        case "Refresh": _ = try await client.refresh()
        case "Subscribe": _ = try await client.subscribe(to: "a")
        case "SubRefresh": _ = try await client.subRefresh("a")
        case "Publish": _ = try await client.publish("1", to: "a")
        case "RPC": _ = try await client.rpc("a")
        case "MapPublish": _ = try await client.mapPublish("1", key: "k", in: "a")
        case "MapRemove": _ = try await client.mapRemove(key: "k", from: "a")
        case "SubscribeUnidirectional": _ = try await client.subscribeUnidirectional(to: "a").end()
        case "SubscribeBidirectional": _ = try await client.subscribeBidirectional(to: "a").end()
        default: return false
        }
        return true
    }
}
