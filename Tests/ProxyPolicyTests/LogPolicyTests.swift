import CentrifugoProxy
import Logging
import Testing

@testable import ProxyPolicy

@Suite struct LogPolicyTests {
    private static func accessLog(_ yaml: String) throws -> AccessLog? {
        let policy = try Policy(yaml: yaml, name: "p")
        #expect(try Policy(yaml: policy.effectiveYAML(), name: "again") == policy)
        return policy.log.access.accessLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("logs all calls, none, or some of them")
    func access() throws {
        let all = try #require(try Self.accessLog("log: {level: info}"))
        #expect(all.sample == 1 && all.always.isEmpty && all.slow == nil)
        #expect(try Self.accessLog("log: {access: false}") == nil)
        let some = try #require(
            try Self.accessLog("log: {access: {sample: 0.01, always: [refused, failed], slow: 250ms}}")
        )
        #expect(some.sample == 0.01 && some.always == [.refused, .failed] && some.slow == .milliseconds(250))
        let refused = try #require(try Self.accessLog("log: {access: {sample: 0, always: [refused]}}"))
        #expect(refused.sample == 0 && refused.always == [.refused])
    }

    @Test(
        "names what cannot be used",
        arguments: [
            ("log: {format: xml}", #"p:1: log.format is "xml"; choose text, json or logfmt."#),
            ("log: {access: {sample: 2}}", "p:1: log.access.sample is 2.0; choose a share of the calls from 0 to 1."),
            (
                "log: {access: {always: [slow]}}",
                #"p:1: log.access.always has "slow"; the kinds are refused and failed."#
            ),
            ("log: {access: {slow: 0s}}", "p:1: log.access.slow is 0s; choose from 1ms to 1h."),
            (
                "log: {access: {often: 1}}",
                "p:1: log.access.often is not known here; the keys are always, sample, slow."
            ),
        ]
    )
    func mistakes(yaml: String, sentence: String) {
        #expect {
            try Policy(yaml: yaml, name: "p")
        } throws: { error in
            #expect("\(error)" == sentence)
            return true
        }
    }

    @Test("takes format and file from the environment, which keeps the file's choice of calls")
    func environment() throws {
        let policy = try Policy(yaml: "log: {access: {sample: 0.5}}", name: "p").overridden(by: [
            "CENTRIFUGO_PROXY_LOG_FORMAT": "json", "CENTRIFUGO_PROXY_LOG_FILE": "/tmp/a.log",
            "CENTRIFUGO_PROXY_LOG_ACCESS": "true",
        ])
        #expect(policy.log.format == "json" && policy.log.file == "/tmp/a.log")
        #expect(policy.log.access.isOn && policy.log.access.sample == 0.5)
        #expect(throws: PolicyError.self) {
            try policy.overridden(by: ["CENTRIFUGO_PROXY_LOG_FORMAT": "xml"])
        }
    }
}
