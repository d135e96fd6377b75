import HTTP2FrameKit
import HTTP2Framing
import Testing

/// What is reported about requests that are reset as malformed.
@Suite struct HTTP2RequestFaultTests {
    @Test(
        "names the field of a connection that a request has",
        arguments: [
            ("connection", "close"), ("keep-alive", "5"), ("proxy-connection", "x"), ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"), ("te", "gzip"), ("connection", "\u{1}"),
        ]
    )
    func connectionFields(name: String, value: String) throws {
        let peer = try Peer()
        peer.send(.headers(1, .request("/unary", [Field(name, value)]), .whole))
        #expect(peer.takeFault() == .connectionField(name))
        #expect(peer.takeFault() == nil)
    }

    @Test(
        "describes other faults",
        arguments: [
            ("x-A", "1", "name"), ("x-a", "\u{1}", "value"), ("content-length", "x", "content-length"),
            ("host", "", "host"), (":path", "/late", "pseudo-header"),
        ]
    )
    func others(name: String, value: String, word: String) throws {
        let peer = try Peer()
        peer.send(.headers(1, .request("/unary", [Field(name, value)]), .whole))
        guard case .other(let reason)? = peer.takeFault() else {
            Issue.record("no fault")
            return
        }
        #expect(reason.contains(word))
    }

    @Test("reports a body of another length, trailers without an end, and the first fault of several")
    func later() throws {
        let peer = try Peer()
        let announced = Frame.headers(1, .request("/unary", [Field("content-length", "2")]), .endHeaders)
        peer.send(announced, .data(1, [1], .endStream))
        #expect(peer.takeFault() == .other("its content-length is not that of its body"))
        peer.send(.headers(3, .request("/unary"), .endHeaders), .headers(3, .init([Field("x-end", "1")]), .endHeaders))
        #expect(peer.takeFault() == .other("its trailers do not end it"))
        peer.send(.headers(5, .request("/unary", [Field("upgrade", "a"), Field("connection", "b")]), .whole))
        peer.send(.headers(7, .request("/unary", [Field("connection", "b")]), .whole))
        #expect(peer.takeFault() == .connectionField("upgrade"))
        peer.send(.unary(9))
        #expect(peer.takeFault() == nil)
    }
}
