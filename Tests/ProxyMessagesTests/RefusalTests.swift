import ProxyMessages
import Testing

@Suite("CentrifugoError")
struct CentrifugoErrorTests {
    @Test("accepts codes from 400 to 1999", arguments: [400, 401, 1000, 1999] as [UInt32])
    func validCodes(code: UInt32) throws {
        let error = try CentrifugoError(code: code, message: "no", temporary: true)
        #expect(error.code == code)
        #expect(error.message == "no")
        #expect(error.temporary)
    }

    @Test("refuses other codes and names them", arguments: [0, 100, 399, 2000, 4000, .max] as [UInt32])
    func invalidCodes(code: UInt32) {
        let refusal = #expect(throws: RefusalError.self) {
            _ = try CentrifugoError(code: code, message: "no")
        }
        #expect(refusal?.description == "An error's code must be in 400...1999, and \(code) is not.")
    }

    @Test(
        "has only valid constants",
        arguments: [
            .badRequest, .unauthorized, .permissionDenied, .notFound, .conflict, .rateLimited, .internalError,
            .unavailable,
        ] as [CentrifugoError]
    )
    func constants(error: CentrifugoError) throws {
        #expect(try CentrifugoError(code: error.code, message: error.message, temporary: error.temporary) == error)
        #expect(!error.message.isEmpty)
    }

    @Test("is read with any code")
    func wire() throws {
        #expect(try CentrifugoError(wireBytes: [0x08, 0x07]).code == 7)
    }
}

@Suite("Disconnect")
struct DisconnectTests {
    @Test("accepts codes from 4000 to 4999", arguments: [(4000, true), (4499, true), (4500, false), (4999, false)])
    func validCodes(code: UInt32, isReconnecting: Bool) throws {
        let disconnect = try Disconnect(code: code, reason: "away")
        #expect(disconnect.code == code)
        #expect(disconnect.reason == "away")
        #expect(disconnect.isReconnecting == isReconnecting)
    }

    @Test("refuses other codes and names them", arguments: [0, 400, 3000, 3999, 5000, .max] as [UInt32])
    func invalidCodes(code: UInt32) {
        let refusal = #expect(throws: RefusalError.self) {
            _ = try Disconnect(code: code, reason: "away")
        }
        #expect(refusal?.description == "A disconnect's code must be in 4000...4999, and \(code) is not.")
    }

    @Test(
        "accepts a reason of up to 32 printable ASCII bytes",
        arguments: ["", "a", " ~!", "12345678901234567890123456789012"]
    )
    func validReasons(reason: String) throws {
        #expect(try Disconnect(code: 4000, reason: reason).reason == reason)
    }

    @Test(
        "refuses other reasons",
        arguments: ["123456789012345678901234567890123", "é", "a\nb", "\u{7F}", "a\0"]
    )
    func invalidReasons(reason: String) {
        let refusal = #expect(throws: RefusalError.self) {
            _ = try Disconnect(code: 4000, reason: reason)
        }
        #expect(refusal?.description.contains("reason") == true)
    }

    @Test(
        "has only valid constants, each with a code of its own",
        arguments: [
            .goingAway, .serverError, .overloaded, .unauthorized, .noHandler, .forbidden, .badRequest,
        ] as [Disconnect]
    )
    func constants(disconnect: Disconnect) throws {
        #expect(try Disconnect(code: disconnect.code, reason: disconnect.reason) == disconnect)
    }

    @Test("distinguishes a client that may not connect from a service that accepts nobody")
    func noHandler() {
        #expect(Disconnect.noHandler.code == 4501)
        #expect(Disconnect.unauthorized.code != Disconnect.noHandler.code)
        #expect(!Disconnect.noHandler.isReconnecting)
    }

    @Test("is read with any code and reason")
    func wire() throws {
        let disconnect = try Disconnect(wireBytes: [0x08, 0x07, 0x12, 0x02, 0xC3, 0xA9])
        #expect(disconnect.code == 7)
        #expect(disconnect.reason == "é")
    }
}
