import Testing
import TopicPatterns

@Suite struct TopicConstraintTests {
    @Test(
        "reports malformed and unsupported expressions",
        arguments: [
            ("", "at character 4: the constraint has an empty part"),
            ("a|", "the constraint has an empty part"),
            ("()", "the constraint has an empty part"),
            ("^a$", "remove ^ and $"),
            ("*a", "there is nothing to repeat"),
            ("{2}", "there is nothing to repeat"),
            ("a**", "a repetition cannot be repeated"),
            ("a+?", "a repetition cannot be repeated"),
            ("(a", "this ( is never closed"),
            ("a)", "this ) has no ("),
            ("(?=a)", "lookaround and flags are not supported"),
            ("(?<n>a)", "lookaround and flags are not supported"),
            (#"\s"#, #"\s is not supported; use \d, \w"#),
            (#"(a)\1"#, #"\1 is not supported"#),
            ("[a", "this [ is never closed"),
            ("[]", "this class has no characters"),
            ("[^ -~]", "this class has no characters"),
            ("[[:alpha:]]", #"write \[ for a bracket inside a class"#),
            ("[z-a]", "this range is invalid"),
            (#"[a-\d]"#, "this range is invalid"),
            ("a{0}", "this repetition is malformed"),
            ("a{3,2}", "this repetition is malformed"),
            ("a{,2}", "this repetition is malformed"),
            ("a{256}", "this repetition is malformed"),
            ("a{99999999999999999999}", "this repetition is malformed"),
            ("a*", "the constraint of {x} allows it to be empty"),
            ("a?|b", "the constraint of {x} allows it to be empty"),
            ("(a{200}){200}", "needs too many states"),
            ("(((a{9}){9}){9}){9}", "needs too many states"),
            ("(a|b)*a(a|b){12}", "needs too many states"),
            (String(repeating: "(", count: 500), "groups are nested deeper than 16"),
        ]
    )
    func invalid(constraint: String, reason: String) {
        let error = #expect(throws: TopicError.self) { try TopicPattern("{x:\(constraint)}") }
        #expect(error?.code == .invalidPattern)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(
        "matches characters and classes as written",
        arguments: [
            ("[a-]", ["a", "-"], ["b"]),
            ("[-a]", ["a", "-"], ["b"]),
            (#"[\]\\^]"#, ["]", #"\"#, "^"], ["["]),
            (#"[\d_]"#, ["5", "_"], ["d", "a"]),
            ("[^a]", ["b", ".", " "], ["a", "\n", "é"]),
            (".", ["a", ".", ":"], ["", "ab", "\t", "é"]),
            (#"\."#, ["."], ["a"]),
            ("a{2}", ["aa"], ["a", "aaa"]),
            ("a{2,}", ["aa", "aaaaa"], ["a"]),
            ("a{0,2}b", ["b", "ab", "aab"], ["aaab"]),
            ("(a?){2}b", ["b", "ab", "aab"], ["aaab", "a"]),
            ("(ab?){2}", ["aa", "aba", "aab", "abab"], ["a", "ababab"]),
            ("[a-z]{1,64}", [String(repeating: "q", count: 64)], [String(repeating: "q", count: 65)]),
        ]
    )
    func characters(constraint: String, taken: [String], refused: [String]) throws {
        let pattern = try TopicPattern("{x:\(constraint)}")
        for text in taken { #expect(pattern.match(text)?["x"] == text, "\(text)") }
        for text in refused { #expect(pattern.match(text) == nil, "\(text)") }
    }
}
