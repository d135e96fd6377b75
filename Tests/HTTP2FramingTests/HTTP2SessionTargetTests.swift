import HTTP2FrameKit
import HTTP2Framing
import Testing

/// Requests whose scheme, authority and host fit together (RFC 9113 §8.3.1); those that do not are in
/// `HTTP2SessionViolationTests`.
@Suite struct HTTP2SessionTargetTests {
    private static func request(scheme: String, _ fields: [Field]) -> Frame {
        let target: [HeaderRepresentation] = [.indexed(3), .literal(":scheme", scheme), .literal(":path", "/unary")]
        return .headers(1, target + fields.map { .literal($0) }, .whole)
    }

    @Test("takes both schemes, whatever the connection is: a proxy may end TLS", arguments: ["http", "https", "HTTP"])
    func schemes(scheme: String) throws {
        let peer = try Peer()
        peer.send(Self.request(scheme: scheme, [Field(":authority", "backend")]))
        peer.sees(.request(1, route: 0, body: []))
    }

    @Test("accepts host in place of authority")
    func hostOnly() throws {
        let peer = try Peer()
        peer.send(Self.request(scheme: "http", [Field("host", "backend")]))
        peer.sees(.request(1, route: 0, body: []))
    }

    static let same: [(scheme: String, authority: String, host: String)] = [
        ("http", "backend:10001", "backend:10001"), ("http", "Backend", "bACKEND"), ("http", "backend:80", "backend"),
        ("http", "backend", "backend:80"), ("http", "backend:", "backend"), ("https", "backend:443", "backend"),
        ("https", "[::1]:443", "[::1]"),
    ]

    @Test("accepts a host that equals authority", arguments: same)
    func sameHost(scheme: String, authority: String, host: String) throws {
        let peer = try Peer()
        peer.send(Self.request(scheme: scheme, [Field(":authority", authority), Field("host", host)]))
        peer.sees(.request(1, route: 0, body: []))
    }

    static let different: [(scheme: String, authority: String, host: String)] = [
        ("https", "backend:80", "backend"), ("http", "backend:443", "backend"), ("http", "backend", "backend80"),
        ("http", "backend:8080", "backend"), ("http", "80", ":80"), ("http", "backend", "backend."),
    ]

    /// Hostile input: host-mismatch.
    @Test("refuses a host that names something else", arguments: different)
    func differentHost(scheme: String, authority: String, host: String) throws {
        let peer = try Peer()
        peer.send(Self.request(scheme: scheme, [Field(":authority", authority), Field("host", host)]))
        peer.sees()
        try peer.expect(.resetStream(1, .protocolError))
        #expect(peer.heldBytes == 0)
        peer.send(.unary(3, .whole))
        peer.sees(.request(3, route: 0, body: []))
    }

    /// Hostile input: provoked-malformed.
    @Test("counts such a request as a quick reset")
    func counted() throws {
        var settings = HTTP2Settings()
        settings.maxQuickResets = 5
        let peer = try Peer(settings: settings)
        for id in stride(from: UInt32(1), through: 11, by: 2) {
            peer.send(.headers(id, .request("/unary", [Field("host", "other")])))
            _ = try peer.received()
        }
        #expect(peer.terminationCode == .enhanceYourCalm)
    }
}
