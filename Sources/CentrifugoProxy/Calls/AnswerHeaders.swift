import GRPCCall
import HTTP2Framing

/// The header and trailer lists that a gRPC server sends (gRPC over HTTP/2 §Responses).
enum AnswerHeaders {
    /// Before a message.
    static let message = HeaderFields(fixed: [(":status", "200"), ("content-type", "application/grpc")])

    /// Before a message that may be compressed.
    static let gzipMessage = HeaderFields(
        fixed: [(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip")]
    )

    /// After the message of a successful call.
    static let ok = HeaderFields(fixed: [("grpc-status", "0")])

    /// After the messages of a stream.
    static func trailers(_ status: GRPCStatus) -> HeaderFields {
        status.code == .ok ? ok : HeaderFields(made: status.trailers())
    }

    /// The whole answer of a call that has no message (gRPC: Trailers-Only).
    static func status(_ status: GRPCStatus, acceptEncoding: Bool = false) -> HeaderFields {
        message.appending(status.trailers(acceptEncoding: acceptEncoding))
    }

    /// Before the text for a peer that does not speak gRPC.
    static func http(status: Int) -> HeaderFields {
        var fields = [(name: ":status", value: String(status)), (name: "content-type", value: "text/plain")]
        // RFC 9110 §15.5.6: 405 names the methods that are allowed.
        if status == 405 { fields.append((name: "allow", value: "POST")) }
        return HeaderFields(made: fields)
    }
}
