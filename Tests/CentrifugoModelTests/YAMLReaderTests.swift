import Testing

@testable import CentrifugoModel

@Suite struct YAMLReaderTests {
    @Test(
        "reads what Go's yaml.v3 reads",
        arguments: [
            ("", .null), ("a: 1", ["a": 1]), ("a: true\nb: yes\nc: 'true'", ["a": true, "b": "yes", "c": "true"]),
            ("a: 0123\nb: 0x1F\nc: 0o17\nd: 0b11\ne: 1_000", ["a": 83, "b": 31, "c": 15, "d": 3, "e": 1_000]),
            ("a: 1.5\nb: 089\nc: -1", ["a": .number(1.5), "b": .number(89), "c": -1]),
            ("a: ~\nb:", ["a": .null, "b": .null]),
            ("a: &x {b: 1}\nc: *x\nd: {<<: *x, b: 2, e: 3}", ["a": ["b": 1], "c": ["b": 1], "d": ["b": 2, "e": 3]]),
            ("a: 1\n---\nb: [", ["a": 1]), ("{\"a\": [1]}", ["a": [1]]), ("\u{FEFF}a: 1", ["a": 1]),
            ("1: a", ["1": "a"]),
        ] as [(String, ConfigurationValue)]
    )
    func reads(yaml: String, value: ConfigurationValue) throws {
        #expect(try YAMLReader.document(yaml) == value)
    }

    @Test(
        "names the line of what it refuses",
        arguments: [("a: 1\nb: [", 3), ("a:\n\t- 1", 2), ("a: 1\na: 2", 1), ("a: *b", 1), ("a: @b", 1)]
    )
    func refuses(yaml: String, line: Int) {
        let error = #expect(throws: ConfigurationError.self) { try YAMLReader.document(yaml) }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.stopsCentrifugo == true)
    }

    @Test(
        "refuses keys that are not texts, next to aliases",
        arguments: ["a: &a [x]\n*a : 1", "a: &a [x]\n? *a\n: 1", "a: &a [x]\nb: {[*a, *a]: 1}", "a: &a x\n- *a : b"]
    )
    func keys(yaml: String) {
        #expect(throws: ConfigurationError.self) { try YAMLReader.document(yaml) }
    }

    @Test("refuses aliases that repeat one another without end")
    func bomb() {
        let lines = (1...20).map {
            "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", "))]"
        }
        let yaml = (["a0: &a0 [x]"] + lines).joined(separator: "\n")
        #expect(throws: ConfigurationError.self) { try YAMLReader.document(yaml) }
    }
}
