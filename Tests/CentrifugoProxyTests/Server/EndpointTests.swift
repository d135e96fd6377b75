import CentrifugoProxy
import Testing

@Suite struct EndpointTests {
    @Test(
        "reads the forms of Centrifugo's endpoint",
        arguments: [
            ("127.0.0.1:10001", .tcp(host: "127.0.0.1", port: 10_001)), ("[::1]:1", .tcp(host: "::1", port: 1)),
            ("grpc://proxy.example:65535", .tcp(host: "proxy.example", port: 65_535)),
            ("grpc://[::1]:10001", .tcp(host: "::1", port: 10_001)),
            ("dns:///localhost:10001", .tcp(host: "localhost", port: 10_001)),
            ("unix:///run/a.sock", .unixSocket(path: "/run/a.sock")), ("unix:a.sock", .unixSocket(path: "a.sock")),
        ] as [(String, Endpoint)]
    )
    func forms(text: String, meaning: Endpoint) throws {
        #expect(try Endpoint(text) == meaning)
    }

    @Test(
        "says what to write instead of invalid endpoints",
        arguments: [
            ("grpcs://a:1", "without grpcs://"), ("https://a:1/x", "without https://"), ("", "HOST:PORT"),
            ("grpc://unix:///run/a.sock", "write only unix:///run/a.sock"), ("*:10001", "0.0.0.0:10001"),
            (":10001", "[::]:10001"), ("grpc://*:1", "0.0.0.0:1"), ("a:0", "HOST:PORT"), ("a:65536", "HOST:PORT"),
            ("a:+1", "HOST:PORT"), ("::1:10001", "HOST:PORT"), ("grpc://a:1/", "HOST:PORT"), ("a", "HOST:PORT"),
            ("grpc://u:p@a:1", "HOST:PORT"), (" a:1", "HOST:PORT"), ("unix://", "unix:///PATH"),
            ("a:99999999999999999999", "HOST:PORT"), ("dns://1.1.1.1/a:1", "HOST:PORT"),
        ]
    )
    func mistakes(text: String, advice: String) {
        let mistake = #expect(throws: EndpointError.self) { try Endpoint(text) }
        #expect(mistake?.advice.contains(advice) == true, "\(mistake?.advice ?? "")")
    }
}
