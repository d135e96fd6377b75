import GRPCCall
import GRPCClient
import HTTP2Framing
import HTTP2Transport
import Testing

@Suite struct AnswerReaderTests {
    private static func headers(_ fields: [(String, String)]) -> CopiedHeaders {
        let bytes = fields.map { (name: [UInt8]($0.0.utf8), value: [UInt8]($0.1.utf8)) }
        return withFields(of: bytes[...], []) { CopiedHeaders($0) }
    }

    /// Lends the fields, each from an array of its own.
    private static func withFields(
        of bytes: ArraySlice<(name: [UInt8], value: [UInt8])>,
        _ fields: [HeaderField],
        _ body: ([HeaderField]) -> CopiedHeaders
    ) -> CopiedHeaders {
        guard let next = bytes.first else { return body(fields) }
        return next.name.withUnsafeBytes { name in
            next.value.withUnsafeBytes { value in
                withFields(of: bytes.dropFirst(), fields + [HeaderField(name: name, value: value)], body)
            }
        }
    }

    private static func outcome(_ answers: [HTTP2Exchange.Answer]) -> CallOutcome? {
        var reader = AnswerReader()
        for answer in answers {
            if let outcome = reader.read(answer, timeout: 1).outcome { return outcome }
        }
        return nil
    }

    @Test("finds the messages in a body that is split anywhere")
    func messages() {
        let body: [UInt8] = [0, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3]
        for cut in 0...body.count {
            var reader = AnswerReader()
            let parts = [Array(body[..<cut]), Array(body[cut...])]
            let messages = parts.flatMap { reader.read(.body($0), timeout: 1).messages }
            #expect(messages == [[1, 2], [], [3]])
        }
    }

    @Test("refuses a body that is not gRPC's")
    func malformed() {
        var reader = AnswerReader()
        let answer = reader.read(.body([0, 0, 0, 0, 0, 9, 0, 0, 0, 0]), timeout: 1)
        #expect(answer.messages == [[]])
        #expect(answer.outcome?.status.code == .internalError)
    }

    @Test("takes the status from the trailers, or from the only headers")
    func status() {
        let trailers = Self.headers([("grpc-status", "5"), ("grpc-message", "no%20x")])
        let head = Self.headers([(":status", "200"), ("content-type", "application/grpc")])
        let expected = CallOutcome(GRPCStatus(.notFound, "no x"))
        #expect(Self.outcome([.headers(head), .ended(trailers: trailers)]) == expected)
        #expect(Self.outcome([.headers(trailers), .ended(trailers: CopiedHeaders())]) == expected)
    }

    @Test("gives the reason when there is no status")
    func noStatus() {
        #expect(Self.outcome([.ended(trailers: CopiedHeaders())])?.status.code == .unknown)
        let page = Self.headers([(":status", "404"), ("content-type", "text/html")])
        #expect(
            Self.outcome([.headers(page)])
                == CallOutcome(GRPCStatus(.unimplemented, "the server answers HTTP 404; is it a gRPC server?"))
        )
    }

    @Test(
        "says how a call ended that the server did not end",
        arguments: [
            (.reset(.refusedStream), .unavailable), (.reset(.cancel), .cancelled),
            (.reset(.enhanceYourCalm), .resourceExhausted), (.reset(.protocolError), .internalError),
            (.lost("it is gone"), .unavailable), (.left(.timedOut), .deadlineExceeded),
            (.left(.interrupted), .cancelled), (.left(.satisfied), .cancelled),
        ] as [(HTTP2Exchange.Answer, GRPCStatus.Code)]
    )
    func ends(answer: HTTP2Exchange.Answer, code: GRPCStatus.Code) {
        #expect(Self.outcome([answer])?.status.code == code)
    }

    @Test(
        "writes a status in gRPC's words",
        arguments: [
            (GRPCStatus.ok, "OK (0)"), (GRPCStatus(.internalError, "x"), "INTERNAL (13): x"),
            (GRPCStatus(.failedPrecondition), "FAILED_PRECONDITION (9)"),
        ]
    )
    func words(status: GRPCStatus, text: String) {
        #expect(CallOutcome(status).description == text)
    }
}
