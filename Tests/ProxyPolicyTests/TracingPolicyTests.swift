import CentrifugoProxy
import ProxyTracing
import Testing

@testable import ProxyPolicy

@Suite struct TracingPolicyTests {
    private static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"]

    private static func settings(_ yaml: String, _ environment: [String: String] = [:]) throws -> TracingSettings? {
        let policy = try Policy(yaml: yaml, name: "p")
        #expect(try Policy(yaml: policy.effectiveYAML(), name: "again") == policy)
        return try policy.makeTracing(environment: environment)
    }

    @Test("makes no spans unless an endpoint is given, or when a variable says so")
    func off() throws {
        let yaml = "tracing: {endpoint: http://c:1}"
        #expect(try Self.settings("topics: []") == nil)
        #expect(try Self.settings("tracing: {sample: 1}") == nil)
        #expect(try Self.settings(yaml, ["OTEL_SDK_DISABLED": "true"]) == nil)
        #expect(try Self.settings(yaml, ["OTEL_TRACES_EXPORTER": "none"]) == nil)
        #expect(try Self.settings("topics: []", ["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
    }

    @Test("reads the policy")
    func policy() throws {
        let yaml = "tracing: {endpoint: \"https://c.example:99\", sample: 0.01, parent: child}"
        let settings = try #require(try Self.settings(yaml))
        #expect(settings.exporter.endpoint.host == "c.example" && settings.exporter.endpoint.port == 99)
        #expect(settings.exporter.endpoint.isSecure)
        #expect(settings.sample == 0.01 && settings.forwarded == .parent)
        #expect(settings.exporter.sample == 1, "the server decides, and not the tracer once more")
        let standard = try #require(try Self.settings("tracing: {endpoint: http://c}"))
        #expect(standard.sample == 1 && standard.forwarded == .link && standard.exporter.endpoint.port == 4_317)
        #expect(standard.exporter.serviceName == "centrifugo-proxy")
    }

    @Test("reads the environment, which takes precedence, and of it what is for traces")
    func environment() throws {
        let settings = try #require(
            try Self.settings(
                "tracing: {endpoint: http://policy:1, sample: 0.5, parent: child}",
                [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://all:2",
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://own:3",
                    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20abc, x-tenant = one=1",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem", "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
                    "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=test%2C1",
                    "OTEL_SERVICE_NAME": "chat", "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
                    "OTEL_TRACES_SAMPLER_ARG": "0.25", "OTEL_BSP_SCHEDULE_DELAY": "100",
                    "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5",
                    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc",
                ]
            )
        )
        let exporter = settings.exporter
        #expect(exporter.endpoint.host == "own" && exporter.endpoint.port == 3 && exporter.endpoint.isSecure)
        #expect(exporter.endpoint.serverCA == "/ca.pem")
        #expect(exporter.headers.map(\.name) == ["authorization", "x-tenant"])
        #expect(exporter.headers.map(\.value) == ["Bearer abc", "one=1"])
        #expect(exporter.serviceName == "chat" && exporter.resource["deployment.environment.name"] == "test,1")
        #expect(exporter.timeout == .milliseconds(2_500) && exporter.delay == .milliseconds(100))
        #expect(exporter.maxWaiting == 10 && exporter.maxBatch == 5)
        #expect(settings.sample == 0.25 && settings.forwarded == .parent)
    }

    @Test("takes an address without a scheme, as gRPC exporters do", arguments: [true, false])
    func address(isInsecure: Bool) throws {
        let environment = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317", "OTEL_EXPORTER_OTLP_INSECURE": "\(isInsecure)",
        ]
        #expect(try Self.settings("topics: []", environment)?.exporter.endpoint.isSecure == !isInsecure)
    }

    @Test(
        "names a variable that cannot be used",
        arguments: [
            (
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                #"is "http/protobuf", but spans go out by grpc only; unset it, or write grpc."#
            ),
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/v1/traces",
                "is not an endpoint: a gRPC endpoint has a host and a port, and nothing after them."
            ),
            ("OTEL_TRACES_EXPORTER", "jaeger", #"is "jaeger"; choose otlp or none."#),
            (
                "OTEL_TRACES_SAMPLER", "jaeger_remote",
                #"is "jaeger_remote"; choose always_on, always_off or traceidratio, also with parentbased_ before."#
            ),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", #"is "10s"; choose from 1 to 600000."#),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret", "is not a list of NAME=VALUE, separated by commas."),
        ]
    )
    func mistakes(name: String, value: String, sentence: String) {
        #expect {
            try Self.settings("topics: []", Self.endpoint.merging([name: value]) { $1 })
        } throws: { error in
            #expect("\(error)" == "\(name) \(sentence)")
            return true
        }
    }

    @Test(
        "names what cannot be used in the policy",
        arguments: [
            ("sample: 2", "p:1: tracing.sample is 2.0; choose a share of the calls from 0 to 1."),
            ("parent: root", #"p:1: tracing.parent is "root"; choose link or child."#),
            (
                "endpoint: \"c:1\"",
                #"p:1: tracing.endpoint is "c:1": write http://HOST:PORT, or https://HOST:PORT for TLS."#
            ),
        ]
    )
    func policyMistakes(yaml: String, sentence: String) {
        #expect {
            try Policy(yaml: "tracing: {\(yaml)}", name: "p")
        } throws: { error in
            #expect("\(error)" == sentence)
            return true
        }
    }
}
