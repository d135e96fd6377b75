import CentrifugoProxy
import Foundation
import Testing

@Suite struct JSONNumberTests {
    @Test(
        "is what JSON says a number is",
        arguments: [
            ("0", true), ("-0", true), ("12.50", true), ("1e5", true), ("1E+5", true), ("-1.5e-3", true), ("", false),
            ("01", false), ("+1", false), (".5", false), ("1.", false), ("1e", false), (" 1", false), ("1 ", false),
            ("1\n", false), ("[1]", false), ("\"1\"", false), ("true", false), ("NaN", false), ("0x1", false),
            ("1,2", false), ("-", false), ("١", false),
        ]
    )
    func syntax(text: String, isNumber: Bool) {
        #expect((JSONNumber(text)?.text == text) == isNumber)
    }

    @Test(
        "equals a number of the same value",
        arguments: [
            ("1", "1.0", true), ("1", "10e-1", true), ("100", "1e2", true), ("0", "-0.00", true), ("0", "0e99", true),
            ("1.5", "15e-1", true), ("-1", "1", false), ("1", "10", false), ("0.1", "0.10000000000000000001", false),
            ("9007199254740993", "9007199254740992", false), ("1e400", "10e399", true), ("1e400", "1e401", false),
            ("1e99999999999999999999", "1e99999999999999999999", true),
            ("1e99999999999999999999", "10e99999999999999999998", false), ("1e-9223372036854775808", "1", false),
            ("0e99999999999999999999", "1", false),
        ]
    )
    func equality(left: String, right: String, areEqual: Bool) throws {
        let (left, right) = (try #require(JSONNumber(left)), try #require(JSONNumber(right)))
        #expect((left == right) == areEqual)
        #expect((right == left) == areEqual)
        if areEqual { #expect(left.hashValue == right.hashValue) }
    }

    @Test(
        "is a whole number only without a fraction, and only where it fits",
        arguments: [
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("1.0", 1),
            ("1e3", 1_000), ("12.5e1", 125), ("1.5", nil), ("1e19", nil), ("-0", 0), ("0e99999999999999999999", nil),
            ("1e-1", nil), ("1e1000000000", nil),
        ] as [(String, Int?)]
    )
    func whole(text: String, value: Int?) {
        #expect(JSONNumber(text)?.int == value)
    }

    @Test("is an integer of any type that holds it")
    func exact() {
        #expect(JSONNumber("18446744073709551615")?.exactly(UInt64.self) == .max)
        #expect(JSONNumber("-1")?.exactly(UInt64.self) == nil)
        #expect(JSONNumber("256")?.exactly(UInt8.self) == nil)
        #expect(JSONNumber("170141183460469231731687303715884105727")?.exactly(Int128.self) == .max)
        #expect(JSONNumber("17e37")?.exactly(Int128.self) == Int128("170000000000000000000000000000000000000"))
    }

    @Test("converts to and from floating point")
    func floating() {
        #expect(JSONNumber("0.1")?.double == 0.1)
        #expect(JSONNumber("1e400")?.double == nil)
        #expect(JSONNumber(1e300).map { JSONNumber($0.text) == JSONNumber("1e300") } == true)
        #expect(JSONNumber(Double.infinity) == nil && JSONNumber(Double.nan) == nil)
        for value in [0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi] as [Double] {
            #expect(JSONNumber(value).flatMap { JSONNumber($0.text)?.double } == value)
        }
    }

    @Test(
        "goes through coders of others unchanged, or fails",
        arguments: [
            "0", "-1", "9223372036854775807", "18446744073709551615", "18446744073709551616", "0.1", "12345.678",
            "1e100",
            "1234567890123456789012345678901234567", "0.1234567890123456789012345678901234567",
        ]
    )
    func coders(text: String) throws {
        let number = try #require(JSONNumber(text))
        let encoded = try JSONEncoder().encode([number])
        #expect(try JSONDecoder().decode([JSONNumber].self, from: encoded) == [number])
        #expect(try JSONDecoder().decode([JSONValue].self, from: encoded) == [.number(number)])
    }

    @Test(
        "fails rather than being changed by coders of others",
        arguments: [
            "1e200", "1e400", "1e-400", "123456789012345678901234567890123456789",
            "0.12345678901234567890123456789012345678",
        ]
    )
    func refusedByCoders(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([JSONValue].self, from: Data("[\(text)]".utf8)) }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([JSONNumber].self, from: Data("[\(text)]".utf8))
        }
    }

    @Test("fails to be encoded where no type holds it")
    func notEncoded() throws {
        for text in ["1e400", "123456789012345678901234567890123456789012345678901"] {
            let number = try #require(JSONNumber(text))
            #expect(throws: PayloadError.self) { try Payload.json([number]) }
            #expect(try Payload.json(JSONValue.array([.number(number)])).text == "[\(text)]")
        }
    }
}
