import Testing
import Tracing

@testable import ProxyTracing

@Suite struct TraceContextTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("writes what it reads")
    func both() throws {
        let context = try #require(TraceContext(traceparent: Self.valid, tracestate: "a=1"))
        #expect(context.traceparent == Self.valid)
        #expect(context.isSampled)
        #expect(context.state == "a=1")
        #expect(context.traceIDText == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanIDBytes == [0x00, 0xF0, 0x67, 0xAA, 0x0B, 0xA9, 0x02, 0xB7])
        let unsampled = try #require(TraceContext(traceparent: Self.valid.dropLast() + "0"))
        #expect(!unsampled.isSampled)
        for _ in 0..<100 {
            let root = TraceContext.root()
            #expect(TraceContext(traceparent: root.traceparent) == root)
        }
    }

    @Test("reads a later version's first fields")
    func later() {
        #expect(TraceContext(traceparent: "cc" + Self.valid.dropFirst(2) + "-what-the-future-brings") != nil)
    }

    @Test(
        "ignores what is not valid",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", valid + "-more",
            "ff" + valid.dropFirst(2),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x", "00 4bf92f3577b34da6a3ce929d0e0e4736",
        ]
    )
    func invalid(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("drops a state that is too long, and keeps the rest")
    func longState() {
        let context = TraceContext(traceparent: Self.valid, tracestate: String(repeating: "a", count: 513))
        #expect(context?.state == "")
    }

    @Test(
        "reads endpoints",
        arguments: [
            ("http://collector", "collector", 4_317, false), ("https://c.example:443/", "c.example", 443, true),
            ("HTTP://[::1]:4317", "::1", 4_317, false), ("http://10.0.0.1:1", "10.0.0.1", 1, false),
        ]
    )
    func endpoints(text: String, host: String, port: Int, isSecure: Bool) throws {
        let endpoint = try OTLPEndpoint(text)
        #expect((endpoint.host, endpoint.port, endpoint.isSecure) == (host, port, isSecure))
    }

    @Test(
        "refuses what is no endpoint",
        arguments: [
            "", "collector:4317", "grpc://collector", "http://", "http://:4317", "http://a:0", "http://a:65536",
            "http://a:b", "http://a/v1/traces", "http://user@a", "http://[::1", "http://[::1]4317", "http:/a",
        ]
    )
    func noEndpoints(text: String) {
        #expect(throws: OTLPEndpointError.self) { try OTLPEndpoint(text) }
    }
}
