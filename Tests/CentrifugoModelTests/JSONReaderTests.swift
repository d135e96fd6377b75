import Testing

@testable import CentrifugoModel

@Suite struct JSONReaderTests {
    @Test(
        "reads what Go reads",
        arguments: [
            ("{}", [:]), (" [ ] ", []), ("[1, -2]", [1, -2]), ("[true,false,null]", [true, false, .null]),
            ("1e3", .number(1_000)), ("0.5", .number(0.5)), ("99999999999999999999", .number(1e20)),
            (#""a\n\"\u00e9\/""#, "a\n\"é/"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
            (#""\ud83dA""#, "\u{FFFD}A"), (#"{"a": {"b": [{}]}}"#, ["a": ["b": [[:]]]]),
        ] as [(String, ConfigurationValue)]
    )
    func reads(json: String, value: ConfigurationValue) throws {
        #expect(try ConfigurationValue(json: Array(json.utf8)) == value)
    }

    @Test(
        "names the line and the mistake of what Go refuses",
        arguments: [
            ("", 1, "empty"), ("{\n\"a\": 1,\n}", 2, "comma before }"), ("[1,\n2,\n]", 2, "comma before ]"),
            ("{\n// a\n\"a\": 1}", 2, "comments"), ("{\"a\": /* b */ 1}", 1, "comments"), ("# a\n{}", 1, "comments"),
            ("{\"a\": 1 // b\n}", 1, "comments"), ("{}\n{}", 2, "more after the end"), ("{'a': 1}", 1, "double quotes"),
            ("{a: 1}", 1, "double quotes"), ("{\"a\" 1}", 1, "colon"), ("{\"a\": 1\n\"b\": 2}", 2, "comma or }"),
            ("[1\n2]", 2, "comma or ]"), ("{\"a\": yes}", 1, "yes is not a JSON value"), ("[01]", 1, "01"),
            ("[1.]", 1, "1."), ("[NaN]", 1, "NaN"), ("[1e999]", 1, "too large"), ("\"a", 1, "does not end"),
            ("\"a\nb\"", 1, "line break"), ("\"\\x\"", 1, "escape"), ("\"\\u12\"", 1, "four hexadecimal"),
            ("{", 1, "quotes"),
            ("\u{FEFF}{}", 1, "byte order mark"),
        ]
    )
    func refuses(json: String, line: Int, mistake: String) {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationValue(json: Array(json.utf8)) }
        #expect(error?.line == line)
        #expect(error?.problem.contains(mistake) == true, "\(error?.problem ?? "")")
        #expect(error?.stopsCentrifugo == true)
    }

    @Test("refuses what nests too deep, which Go may not")
    func depth() {
        let json = Array(String(repeating: "[", count: 300).utf8)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationValue(json: json) }
        #expect(error?.problem.contains("deep") == true && error?.stopsCentrifugo == false)
    }

    @Test("refuses bytes that are not UTF-8", arguments: [[0x22, 0xFF, 0x22], [0xFF, 0xFE, 0x7B, 0x00]] as [[UInt8]])
    func bytes(json: [UInt8]) {
        #expect(throws: ConfigurationError.self) { try ConfigurationValue(json: json) }
    }

    @Test("uses the last of a key's values, and reports that")
    func repeated() throws {
        var reader = JSONReader(Array(#"{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}"#.utf8))
        #expect(try reader.document() == ["a": ["b": 2], "c": [["d": 2]]])
        #expect(reader.repeatedKeys == ["a.b", "c.[].d"])
    }
}
