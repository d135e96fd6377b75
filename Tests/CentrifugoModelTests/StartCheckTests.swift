import Foundation
import Testing

@testable import CentrifugoModel

@Suite struct StartCheckTests {
    /// The rules of why Centrifugo does not start with a namespace of these options.
    private static func rules(_ options: String, beside rest: String = "") throws -> [String] {
        let json = #"{\#(rest.isEmpty ? "" : rest + ", ")"channel": {"namespaces": [{"name": "chat", \#(options)}]}}"#
        return CentrifugoConfiguration(try ConfigurationSource(Data(json.utf8), form: .json)).refusals.map {
            "\($0.rule) \($0.path)"
        }
    }

    @Test(
        "checks the options of a namespace as Centrifugo does",
        arguments: [
            (#""history_size": 1, "history_ttl": "1m""#, []),
            (#""history_size": 1, "history_ttl": "1.5s""#, ["not-whole-seconds channel.namespaces[chat].history_ttl"]),
            (#""history_size": 1, "history_ttl": "721h""#, ["options-exclude channel.namespaces[chat].history_ttl"]),
            (#""history_size": 1, "history_ttl": "721h", "history_meta_ttl": "800h""#, []),
            (#""map": {"mode": "ephemeral"}"#, ["option-missing channel.namespaces[chat].map.key_ttl"]),
            (
                #""map": {"mode": "persistent", "meta_ttl": "30s"}"#,
                ["options-exclude channel.namespaces[chat].map.meta_ttl"]
            ),
            (
                #""map": {"mode": "persistent", "min_page_size": 5, "max_page_size": 2}"#,
                ["options-exclude channel.namespaces[chat].map.min_page_size"]
            ),
            // These are not checked where there are no shared polls.
            (#""shared_poll": {"mode": "fast", "publish_enabled": true, "proxy_name": "none"}"#, []),
            (#""force_recovery_mode": "cache", "auto_cache_recover": true"#, []),
        ] as [(String, [String])]
    )
    func namespaces(options: String, expected: [String]) throws {
        #expect(try Self.rules(options) == expected)
    }

    @Test("reports a missing endpoint once, however many uses need it")
    func endpoints() throws {
        let more = #""client": {}, "rpc": {}"#
        let options = #""subscribe_proxy_enabled": true}, {"name": "news", "subscribe_proxy_enabled": true"#
        #expect(try Self.rules(options, beside: more) == ["no-endpoint channel.proxy.subscribe.endpoint"])
    }
}
