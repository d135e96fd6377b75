import CentrifugoModel
import CentrifugoProxy
import Foundation
import Testing

@testable import CentrifugoDoctor

/// A configuration, and the rules and places of what is found in it.
struct DoctorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: String
    let form: ConfigurationForm
    let server: ServerRules?
    let findings: [String]

    init(
        _ name: String,
        _ configuration: String,
        form: ConfigurationForm = .json,
        server: ServerRules? = nil,
        finds findings: String...
    ) {
        self.name = name
        self.configuration = configuration
        self.form = form
        self.server = server
        self.findings = findings
    }

    var testDescription: String { name }

    func found() throws -> [Finding] {
        let source = try ConfigurationSource(Data(configuration.utf8), form: form)
        return ConfigurationDoctor(source, server: server).findings
    }
}

@Suite struct ConfigurationDoctorTests {
    @Test("finds what does not work, and where", arguments: DoctorCase.all)
    func finds(example: DoctorCase) throws {
        let findings = try example.found()
        #expect(findings.map { "\($0.severity == .note ? "note " : "")\($0.rule) \($0.path)" } == example.findings)
    }

    @Test("gives a problem and a fix for each, as sentences", arguments: DoctorCase.all)
    func explains(example: DoctorCase) throws {
        for finding in try example.found() {
            #expect(finding.problem.hasSuffix("."))
            #expect(finding.fix.hasSuffix(".") || finding.fix.hasSuffix("?"))
        }
    }

    @Test("puts problems before notes")
    func order() throws {
        let findings = try DoctorCase(
            "",
            #"{"client": {"proxy": {"connect": {"enabled": true, "endpoint": "grpc://backend:1", "timeout": "6s"}}}}"#
        ).found()
        #expect(findings.map(\.severity) == [.problem, .note, .note])
    }

    @Test("reports a cause once, with all its places")
    func merges() throws {
        let findings = try DoctorCase(
            "",
            #"""
            {"rpc": {"proxy": {"endpoint": "grpc://a:1", "timeout": "6s"}, "without_namespace": {"proxy_enabled": true}},
             "proxies": [{"name": "main", "endpoint": "grpc://a:1", "timeout": "6s"}],
             "channel": {"without_namespace": {"publish_proxy_enabled": true, "publish_proxy_name": "main"}}}
            """#
        ).found()
        #expect(
            findings.map { "\($0.rule) \($0.path)" } == [
                "timeout-after-client rpc.proxy.timeout, proxies[main].timeout",
                "one-replica rpc.proxy.endpoint, proxies[main].endpoint",
            ]
        )
    }

    @Test("prints findings for people")
    func text() throws {
        let findings = try DoctorCase("", #"{"proxies": [{"name": "backend", "endpoint": "grpc://127.0.0.1:1"}]}"#)
            .found()
        #expect(
            findings.map(\.description) == [
                """
                problem at proxies[backend] (unused-proxy)
                  No namespace names this proxy, so it is never called.
                  Fix: name it in a namespace, for example by subscribe_proxy_name, or remove it.
                """
            ]
        )
    }
}
