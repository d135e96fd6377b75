import CentrifugoProxy
import Testing

@Suite struct TopicMatchTests {
    private static func match(_ channel: String) throws -> TopicMatch {
        try #require(try TopicPattern("order-{id}[.{line}]").match(channel))
    }

    @Test("reads parameters as other types")
    func types() throws {
        let match = try Self.match("order-42.-7")
        #expect(match["id"] == "42" && match["line"] == "-7" && match["other"] == nil)
        #expect(try match.int("id") == 42)
        #expect(try match.value("line", as: Int8.self) == -7)
        #expect(try match.value("id", as: Double.self) == 42)
        #expect(try match.value("id", as: String.self) == "42")
    }

    @Test(
        "refuses a client whose channel has no such number",
        arguments: ["007", "+7", "-0", "x", "7 ", "0x7", "9999999999999999999"]
    )
    func refused(text: String) throws {
        let match = try Self.match("order-\(text)")
        #expect(throws: CentrifugoError.badRequest) { try match.int("id") }
        #expect(throws: CentrifugoError.badRequest) { try match.int("line") }
    }

    @Test("reports a parameter that the pattern does not have")
    func unknown() throws {
        let match = try Self.match("order-1")
        let error = #expect(throws: TopicError.self) { try match.int("ident") }
        #expect(error?.code == .unknownParameter)
        #expect(
            error?.message == #"The topic pattern "order-{id}[.{line}]" has no parameter {ident}, only ["id", "line"]."#
        )
    }
}
