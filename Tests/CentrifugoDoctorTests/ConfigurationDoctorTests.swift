import CentrifugoProxy
import Foundation
import Testing

@testable import CentrifugoDoctor

/// A configuration, and the rules and places of what is found in it.
struct DoctorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: String
    let handled: HandledRules
    let findings: [String]

    init(_ name: String, _ configuration: String, handled: HandledRules = HandledRules(), finds findings: String...) {
        self.name = name
        self.configuration = configuration
        self.handled = handled
        self.findings = findings
    }

    var testDescription: String { name }
}

@Suite struct ConfigurationDoctorTests {
    @Test("finds what will not work, and where", arguments: DoctorCase.all)
    func finds(example: DoctorCase) throws {
        let configuration = try CentrifugoConfiguration(json: Data(example.configuration.utf8))
        let findings = ConfigurationDoctor(configuration, handled: example.handled).findings
        #expect(findings.map { "\($0.severity == .note ? "note " : "")\($0.rule) \($0.path)" } == example.findings)
    }

    @Test("gives a reason and a mend for each, as sentences", arguments: DoctorCase.all)
    func explains(example: DoctorCase) throws {
        let configuration = try CentrifugoConfiguration(json: Data(example.configuration.utf8))
        for finding in ConfigurationDoctor(configuration, handled: example.handled).findings {
            #expect(finding.reason.hasSuffix("."))
            #expect(finding.mend.hasSuffix("."))
        }
    }

    @Test("puts problems before notes")
    func order() throws {
        let json = #"""
            {"client": {"proxy": {"connect": {"enabled": true, "endpoint": "grpc://backend:1", "timeout": "6s"}}}}
            """#
        let findings = ConfigurationDoctor(try CentrifugoConfiguration(json: Data(json.utf8))).findings
        #expect(findings.map(\.severity) == [.problem, .note, .note])
    }

    @Test("reads as a person would want it")
    func text() throws {
        let json = #"{"proxies": [{"name": "backend", "endpoint": "grpc://127.0.0.1:1"}]}"#
        let findings = ConfigurationDoctor(try CentrifugoConfiguration(json: Data(json.utf8))).findings
        #expect(
            findings.map(\.description) == [
                """
                problem at proxies[backend] (unused-proxy)
                  No namespace names this proxy, so it is never called.
                  Mend: name it in a namespace, for example by subscribe_proxy_name, or remove it.
                """
            ]
        )
    }
}
