import GRPCCall
import Testing

@Suite struct UnaryMessageTests {
    @Test("returns a plain message without copying it")
    func view() throws {
        let body: [UInt8] = [0, 0, 0, 0, 3, 7, 8, 9]
        try body.withUnsafeBytes { body in
            guard case .view(let message) = try UnaryMessage(body: body, encoding: .identity, gzip: Gzip()) else {
                Issue.record("copied")
                return
            }
            #expect(message.baseAddress == body.baseAddress.map { $0 + 5 })
            #expect(Array(message) == [7, 8, 9])
        }
    }

    @Test("accepts an empty message and a plain one in a call with gzip", arguments: [[], [1, 2]] as [[UInt8]])
    func plain(message: [UInt8]) throws {
        #expect(try Self.message(framed(message), encoding: .gzip) == message)
    }

    @Test("inflates a compressed message")
    func compressed() throws {
        #expect(try Self.message(framed(Gzip.hello, isCompressed: true), encoding: .gzip) == Gzip.helloText)
    }

    @Test(
        "refuses what is not exactly one message",
        arguments: [
            ([], .unimplemented), (framed([1]) + framed([2]), .unimplemented), (framed([1]) + [0], .unimplemented),
            ([0], .internalError), ([0, 0, 0, 0], .internalError), ([0, 0, 0, 0, 1], .internalError),
            ([0, 0, 0, 0, 3, 1, 2], .internalError), ([2, 0, 0, 0, 0], .internalError),
            ([1, 0, 0, 0, 0], .internalError), ([1, 0, 0, 0, 2, 0x1F, 0x8B], .internalError),
            ([0, 4, 0, 0, 0], .resourceExhausted), ([0, 0xFF, 0xFF, 0xFF, 0xFF, 1], .resourceExhausted),
        ] as [([UInt8], GRPCStatus.Code)]
    )
    func malformed(body: [UInt8], code: GRPCStatus.Code) {
        let status = #expect(throws: GRPCStatus.self) { try Self.message(body, encoding: .gzip) }
        #expect(status?.code == code)
    }

    @Test("refuses a compressed message in a call without an encoding")
    func noEncoding() {
        let status = #expect(throws: GRPCStatus.self) {
            try Self.message(framed(Gzip.hello, isCompressed: true), encoding: .identity)
        }
        #expect(status?.code == .internalError)
    }

    @Test(
        "counts the limit after inflating",
        arguments: [(1000, nil), (1001, .resourceExhausted)] as [(Int, GRPCStatus.Code?)]
    )
    func limit(size: Int, code: GRPCStatus.Code?) throws {
        let body = framed(try Gzip().deflated([UInt8](repeating: 0, count: size)), isCompressed: true)
        #expect(body.count < 100)
        let result = Result { () throws(GRPCStatus) in try Self.message(body, encoding: .gzip, limit: 1000) }
        switch result {
        case .success(let message): #expect(code == nil && message.count == size)
        case .failure(let status): #expect(status.code == code)
        }
    }

    private static func message(
        _ body: [UInt8],
        encoding: MessageEncoding,
        limit: Int = LengthPrefix.defaultLimit
    ) throws(GRPCStatus) -> [UInt8] {
        try body.withUnsafeBufferPointer { body throws(GRPCStatus) in
            try UnaryMessage(body: UnsafeRawBufferPointer(body), encoding: encoding, limit: limit, gzip: Gzip())
                .withBytes { Array($0) }
        }
    }
}
