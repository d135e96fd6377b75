import HTTP2FrameKit
import HTTP2Framing

/// What the application behind a test's session answers.
extension Peer {
    static let head = HeaderFields(fixed: [(":status", "200"), ("content-type", "application/grpc")])
    static let headFields = [Field(":status", "200"), Field("content-type", "application/grpc")]
    static let ok = HeaderFields(fixed: [("grpc-status", "0")])
    static let okFields = [Field("grpc-status", "0")]
    static let unavailable = HeaderFields(
        fixed: [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "14")]
    )
    static let unavailableFields = headFields + [Field("grpc-status", "14")]

    static func stream(_ id: Int32) -> HTTP2Stream {
        HTTP2Stream(id: id, slot: 0)
    }

    @discardableResult
    func respond(_ id: Int32, _ body: [UInt8] = [7]) -> HTTP2Session.Submission {
        body.withUnsafeBytes { body in
            app { $0.respond(to: Self.stream(id), headers: Self.head, body: body, trailers: Self.ok) }
        }
    }

    @discardableResult
    func refuse(_ id: Int32) -> HTTP2Session.Submission {
        app { $0.respond(to: Self.stream(id), headersOnly: Self.unavailable) }
    }

    @discardableResult
    func start(_ id: Int32) -> HTTP2Session.Submission {
        app { $0.startResponse(to: Self.stream(id), headers: Self.head) }
    }

    @discardableResult
    func write(_ id: Int32, _ bytes: [UInt8]) -> HTTP2Session.Submission {
        bytes.withUnsafeBytes { bytes in app { $0.writeBody(bytes, to: id) } }
    }

    @discardableResult
    func end(_ id: Int32) -> HTTP2Session.Submission {
        app { $0.endBody(of: id, trailers: Self.ok) }
    }
}

extension [HeaderRepresentation] {
    /// A request's header list as gRPC clients send it.
    static func request(_ path: String, _ more: [Field] = []) -> [HeaderRepresentation] {
        [.indexed(3), .indexed(6), .literal(":path", path), .literal(":authority", "backend:10001")]
            + [Field("content-type", "application/grpc"), Field("te", "trailers")].map { .literal($0) }
            + more.map { .literal($0) }
    }
}

extension Frame.Flags {
    /// HEADERS that are a whole request.
    static let whole: Frame.Flags = [.endHeaders, .endStream]
}

extension Frame {
    /// HEADERS of a request to the unary route, its body still to come.
    static func unary(_ id: UInt32, _ flags: Flags = .endHeaders) -> Frame {
        .headers(id, .request("/unary"), flags)
    }

    /// HEADERS of a request to the streaming route.
    static func stream(_ id: UInt32, _ flags: Flags = .endHeaders) -> Frame {
        .headers(id, .request("/stream"), flags)
    }
}
