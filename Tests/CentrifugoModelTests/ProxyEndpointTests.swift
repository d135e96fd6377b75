import Testing

@testable import CentrifugoModel

@Suite struct ProxyEndpointTests {
    @Test(
        "understands an endpoint as Centrifugo does",
        arguments: [
            ("", .missing), ("grpc://a:1", .tcp(host: "a", port: 1)), ("a:1", .tcp(host: "a", port: 1)),
            ("grpc://u:p@a:1/b?c", .tcp(host: "a", port: 1)), ("grpc://[::1]:1", .tcp(host: "::1", port: 1)),
            ("grpc://a", .withoutPort(host: "a")), ("http://a/b", .http("http://a/b")),
            ("https://a", .http("https://a")),
            ("unix:///run/a", .resolved(scheme: "unix", address: "///run/a")),
            ("dns:///a:1", .resolved(scheme: "dns", address: "///a:1")), ("grpc://a:0", .noSuchPort("0")),
            ("grpc://a:65536", .noSuchPort("65536")),
        ] as [(String, ProxyEndpoint)]
    )
    func understands(text: String, endpoint: ProxyEndpoint) {
        #expect(ProxyEndpoint(text) == endpoint)
    }

    @Test(
        "knows what gRPC cannot use",
        arguments: ["grpcs://a:1", " grpc://a:1", "a b", "::1:5", "grpc://unix:///a", "\"a:1\"", "${X}"]
    )
    func unusable(text: String) {
        guard case .unusable = ProxyEndpoint(text) else {
            Issue.record("\(ProxyEndpoint(text))")
            return
        }
    }

    @Test(
        "knows what is not a URL",
        arguments: ["grpc://a:b", "grpc://a:0x1", "grpc://${X}", "grpc://a:1 ", "grpc://a b:1"]
    )
    func malformed(text: String) {
        guard case .malformed = ProxyEndpoint(text) else {
            Issue.record("\(ProxyEndpoint(text))")
            return
        }
    }
}
