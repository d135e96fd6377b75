import Testing

@testable import CentrifugoProxy

@Suite struct JSONSyntaxTests {
    static let valid = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1234567890123456789012345678901234567890",
        "0.0", "0.5", "-0.5", "1.25e3", "1E3", "1e+3", "1e-3", "0e0", "1e0001",
        #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000\uAbCd\uD83D\uDE00""#, #""\uD800""#,
        "\"\u{7F}\u{80}\u{2028}é漢😀\"", #""//""#, #""[{,:""#,
        "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]", "[1,2]", "[1 , 2]", "[[],[]]", "[null,true,false,0,\"\",[],{}]",
        #"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"a":{"a":{"a":[]}}}"#, #"{"":0}"#, #"{"a":1,"a":2}"#, #"{ "a" : [ 1 ] }"#,
        " \t\r\n1 \t\r\n", "\n{}\n",
    ]

    @Test("accepts a JSON text", arguments: valid)
    func accepts(text: String) {
        #expect(JSONSyntax.isValid([UInt8](text.utf8)))
    }

    @Test(
        "refuses each beginning of a JSON text that is cut",
        arguments: [
            #"{"a":[1,{"b":"c\u00e9"}],"d":null}"#, "[true,false,[\"\\n\"]]", "\"text\"", "[-0.5e-10]",
        ]
    )
    func cut(text: String) {
        let bytes = [UInt8](text.utf8)
        #expect(JSONSyntax.isValid(bytes))
        for length in 0..<bytes.count {
            #expect(!JSONSyntax.isValid(Array(bytes[..<length])), "\(length) bytes")
        }
    }

    static let invalid = [
        "", " ", "nul", "nulll", "True", "NULL", "undefined", "NaN", "Infinity", "-Infinity", "'a'", "a", "\u{FEFF}1",
        "+1", "-", "--1", "01", "-01", "00", "1.", ".5", "-.5", "1.e3", "1e", "1e+", "1e1.5", "0x1", "1_000", "1 2",
        "１",
        "\"", #"""""#, #""\""#, #""\x""#, #""\'""#, #""\u""#, #""\u12""#, #""\u123g""#, #""\U0041""#, #""\u00４1""#,
        "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"",
        "[", "]", "[1", "[1,", "[,1]", "[1,]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1]]", "[[1]", "[}", "[1}", "[]1",
        "{", "}", "{1}", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{,"a":1}"#,
        #"{"a":1,,"b":2}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"{"a"::1}"#, #"{:1}"#, #"{"a":1]"#, #"{null:1}"#,
        #"{"a":1}}"#, "{}{}", "1,2", "/**/1", "1//", "#1", "[1]\u{0}", "\u{0}", "1\u{A0}", "\u{B}1", "\u{C}1",
    ]

    @Test("refuses other texts", arguments: invalid)
    func refuses(text: String) {
        #expect(!JSONSyntax.isValid([UInt8](text.utf8)))
    }

    static let brokenUTF8: [[UInt8]] = [
        [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]

    @Test("refuses a string that is not UTF-8", arguments: brokenUTF8)
    func utf8(bytes: [UInt8]) {
        #expect(!JSONSyntax.isValid([0x22] + bytes + [0x22]))
        #expect(!JSONSyntax.isValid([UInt8](#"{"a\n"#.utf8) + bytes + [UInt8](#"":1}"#.utf8)))
        #expect(!JSONSyntax.isValid([UInt8](#"["é",""#.utf8) + bytes + [UInt8](#"","b"]"#.utf8)))
        #expect(!JSONSyntax.isValid(bytes))
    }

    @Test("allows 512 values around a value and no more", arguments: ["[", #"{"a":"#])
    func nesting(opening: String) {
        let closing = opening == "[" ? "]" : "}"
        func text(_ depth: Int) -> [UInt8] {
            [UInt8]((String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)).utf8)
        }
        #expect(JSONSyntax.isValid(text(512)))
        #expect(!JSONSyntax.isValid(text(513)))
    }

    @Test("refuses endless brackets without exhausting the stack")
    func brackets() {
        #expect(!JSONSyntax.isValid([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)))
    }

    @Test(
        "quotes text",
        arguments: [
            ("", #""""#), ("abc", #""abc""#), (#"a"b\c"#, #""a\"b\\c""#), ("\n\r\t", #""\u000a\u000d\u0009""#),
            ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("é漢😀\u{2028}", "\"é漢😀\u{2028}\""), ("/", #""/""#),
        ]
    )
    func quotes(text: String, quoted: String) {
        let bytes = JSONSyntax.quoted(text)
        #expect(String(decoding: bytes, as: UTF8.self) == quoted)
        #expect(JSONSyntax.isValid(bytes))
    }

    @Test("quotes every ASCII character so that a decoder restores it")
    func roundTrip() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap(Unicode.Scalar.init)))
        let payload = Payload.bytes(JSONSyntax.quoted(text))
        #expect(try payload.decode(String.self) == text)
    }
}
