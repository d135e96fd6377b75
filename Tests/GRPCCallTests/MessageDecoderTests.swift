import GRPCCall
import Testing

@Suite struct MessageDecoderTests {
    private static let messages: [[UInt8]] = [[1, 2, 3], [], Gzip.helloText, [UInt8](repeating: 5, count: 300)]
    private static let body =
        framed(messages[0]) + framed(messages[1]) + framed(Gzip.hello, isCompressed: true) + framed(messages[3])

    @Test("finds the same messages in chunks of any size", arguments: [1, 2, 3, 5, 7, 64, 1000])
    func chunks(size: Int) throws {
        var decoder = MessageDecoder(encoding: .gzip)
        let gzip = Gzip()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: Self.body.count, by: size) {
            decoder.append(Self.body[start..<min(start + size, Self.body.count)])
            while let message = try decoder.next(gzip: gzip) { found.append(message) }
        }
        try decoder.finish()
        #expect(found == Self.messages)
        #expect(decoder.bufferedByteCount == 0)
    }

    @Test("keeps messages that are not taken yet")
    func backlog() throws {
        var decoder = MessageDecoder(encoding: .identity)
        let gzip = Gzip()
        for byte in UInt8(0)..<10 {
            decoder.append(framed([byte])[...])
            decoder.append(framed([byte, byte])[...])
            let expected = [UInt8](repeating: byte / 2, count: byte % 2 == 0 ? 1 : 2)
            #expect(try decoder.next(gzip: gzip) == expected)
        }
        #expect(decoder.bufferedByteCount == 65)
    }

    @Test("needs more bytes of a message that is not complete")
    func incomplete() throws {
        var decoder = MessageDecoder(encoding: .identity)
        decoder.append([0, 0, 0, 0][...])
        #expect(try decoder.next(gzip: Gzip()) == nil)
        decoder.append([2, 8][...])
        #expect(try decoder.next(gzip: Gzip()) == nil)
        #expect(throws: GRPCStatus(.internalError, "the body ends inside a message")) { try decoder.finish() }
        decoder.append([9][...])
        #expect(try decoder.next(gzip: Gzip()) == [8, 9])
        try decoder.finish()
    }

    @Test("finds a cut at the end of the body once all complete messages are taken")
    func cut() throws {
        var decoder = MessageDecoder(encoding: .identity)
        let gzip = Gzip()
        try decoder.checkEnd()
        decoder.append((framed([1]) + framed([2, 3]).dropLast())[...])
        try decoder.checkEnd()
        #expect(try decoder.next(gzip: gzip) == [1])
        for rest in [6, 5, 4, 1] {
            var cut = MessageDecoder(encoding: .identity)
            cut.append(framed([2, 3]).prefix(rest))
            #expect(throws: GRPCStatus(.internalError, "the body ends inside a message")) { try cut.checkEnd() }
        }
        #expect(throws: GRPCStatus(.internalError, "the body ends inside a message")) { try decoder.checkEnd() }
        decoder.append([3][...])
        try decoder.checkEnd()
        #expect(try decoder.next(gzip: gzip) == [2, 3])
        try decoder.checkEnd()
    }

    @Test(
        "refuses a message as soon as its prefix is there",
        arguments: [
            ([2, 0, 0, 0, 0], .internalError), ([0, 0, 0, 1, 1], .resourceExhausted),
            ([0, 0xFF, 0xFF, 0xFF, 0xFF], .resourceExhausted), (framed([1, 2, 3], isCompressed: true), .internalError),
        ] as [([UInt8], GRPCStatus.Code)]
    )
    func refusal(bytes: [UInt8], code: GRPCStatus.Code) throws {
        var decoder = MessageDecoder(encoding: .gzip, limit: 256)
        let gzip = Gzip()
        decoder.append((framed([7]) + bytes)[...])
        #expect(try decoder.next(gzip: gzip) == [7])
        let status = #expect(throws: GRPCStatus.self) { try decoder.next(gzip: gzip) }
        #expect(status?.code == code)
    }

    @Test("counts the limit after inflating")
    func bomb() throws {
        var decoder = MessageDecoder(encoding: .gzip, limit: 1000)
        let gzip = Gzip()
        decoder.append(framed(try gzip.deflated([UInt8](repeating: 0, count: 1000)), isCompressed: true)[...])
        decoder.append(framed(try gzip.deflated([UInt8](repeating: 0, count: 1001)), isCompressed: true)[...])
        #expect(try decoder.next(gzip: gzip)?.count == 1000)
        let status = #expect(throws: GRPCStatus.self) { try decoder.next(gzip: gzip) }
        #expect(status?.code == .resourceExhausted)
    }
}

extension MessageDecoder {
    fileprivate mutating func append(_ chunk: ArraySlice<UInt8>) {
        chunk.withUnsafeBytes { append($0) }
    }
}
