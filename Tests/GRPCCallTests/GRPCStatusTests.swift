import GRPCCall
import Testing

@Suite struct GRPCStatusTests {
    @Test("numbers its codes as gRPC does")
    func codes() {
        #expect(GRPCStatus.Code.allCases.map(\.rawValue) == Array(0...16))
        #expect(GRPCStatus.Code.deadlineExceeded.rawValue == 4)
        #expect(GRPCStatus.Code.resourceExhausted.rawValue == 8)
        #expect(GRPCStatus.Code.unimplemented.rawValue == 12)
        #expect(GRPCStatus.Code.internalError.rawValue == 13)
        #expect(GRPCStatus.Code.unauthenticated.rawValue == 16)
    }

    @Test("describes itself by code and message")
    func description() {
        #expect(GRPCStatus(.notFound).description == "notFound")
        #expect(GRPCStatus(.notFound, "no such user").description == "notFound: no such user")
    }

    @Test("becomes only grpc-status when there is no message")
    func shortTrailers() {
        let trailers = GRPCStatus.ok.trailers()
        #expect(trailers.map(\.name) == ["grpc-status"])
        #expect(trailers.map(\.value) == ["0"])
    }

    @Test("becomes trailers with a percent-encoded message and the accepted encodings")
    func longTrailers() {
        let trailers = GRPCStatus(.unimplemented, "100 %\n").trailers(acceptEncoding: true)
        #expect(trailers.map(\.name) == ["grpc-status", "grpc-message", "grpc-accept-encoding"])
        #expect(trailers.map(\.value) == ["12", "100 %25%0A", "identity,gzip"])
    }

    @Test("cuts a message that would make the trailers too large")
    func longMessage() {
        let message = GRPCStatus(.unknown, String(repeating: "x", count: 100_000)).trailers()[1].value
        #expect(message == String(repeating: "x", count: 4096))
    }

    @Test("finds codes by their names, and nothing else", arguments: GRPCStatus.Code.allCases)
    func names(code: GRPCStatus.Code) {
        #expect(GRPCStatus.Code(name: code.name) == code)
        #expect(GRPCStatus.Code(name: code.name.lowercased()) == nil)
        #expect(GRPCStatus.Code(name: "") == nil)
    }

    @Test("reads its own trailers", arguments: GRPCStatus.Code.allCases)
    func roundTrip(code: GRPCStatus.Code) {
        let status = GRPCStatus(code, "π ≈ 3.14")
        let fields = HeaderList(status.trailers().map { (name: $0.name, value: Array($0.value.utf8)) })
        withExtendedLifetime(fields) {
            #expect(GRPCStatus(trailers: fields) == status)
        }
    }

    @Test(
        "reads foreign trailers",
        arguments: [
            ("99", GRPCStatus.Code.unknown), ("5", .notFound), ("-1", .unknown), ("", nil), ("five", nil), ("５", nil),
        ] as [(String, GRPCStatus.Code?)]
    )
    func foreign(value: String, code: GRPCStatus.Code?) {
        let fields = HeaderList(["x-other": "1", "grpc-status": value])
        withExtendedLifetime(fields) {
            #expect(GRPCStatus(trailers: fields)?.code == code)
        }
    }

    @Test("finds no status in trailers without one")
    func missing() {
        let fields = HeaderList(["grpc-message": "lost"])
        withExtendedLifetime(fields) {
            #expect(GRPCStatus(trailers: fields) == nil)
        }
    }
}
