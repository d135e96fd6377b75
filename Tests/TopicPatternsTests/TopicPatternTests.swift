import Testing
import TopicPatterns

@Suite struct TopicPatternTests {
    private static let hexID = #"x{id:[0-9a-f]{4}-[0-9a-f]{2}}-{n:\d{1,3}}"#

    @Test(
        "splits channels of its form",
        arguments: [
            ("public", "public", [:]),
            ("chat.{room}", "chat.lobby", ["room": "lobby"]),
            ("chat.{room}", "chat.a b!-_", ["room": "a b!-_"]),
            ("user-{id}", "user-a-b", ["id": "a-b"]),
            ("user-{id}-{tab}", "user-a-b-c", ["id": "a", "tab": "b-c"]),
            (#"user-{id:\d+}"#, "user-42", ["id": "42"]),
            (#"{year:\d{4}}{month:\d{2}}"#, "202407", ["year": "2024", "month": "07"]),
            (hexID, "x01ab-9f-12", ["id": "01ab-9f", "n": "12"]),
            ("{lang:en|de|fr}.{path:.+}", "de.a.b:c/d#e", ["lang": "de", "path": "a.b:c/d#e"]),
            ("{x:ab|ab-c}", "ab-c", ["x": "ab-c"]),
            ("a[.{b}[.{c}]]", "a", [:]),
            ("a[.{b}[.{c}]]", "a.1", ["b": "1"]),
            ("a[.{b}[.{c}]]", "a.1.2", ["b": "1", "c": "2"]),
            ("[{lang:en|de}:]news", "news", [:]),
            ("[{lang:en|de}:]news", "de:news", ["lang": "de"]),
            ("user-{id}[-{tab}]", "user-a-b", ["id": "a", "tab": "b"]),
            ("a[b]{x}", "abc", ["x": "c"]),
            (#"{x:\{\[\\\]\}}"#, #"{[\]}"#, ["x": #"{[\]}"#]),
        ]
    )
    func matches(text: String, channel: String, values: [String: String]) throws {
        let match = try #require(try TopicPattern(text).match(channel))
        #expect(match.values == values)
        #expect(match.channel == channel && match.pattern.text == text)
    }

    /// The patterns of `matches` and others, with channels that almost have their form.
    @Test(
        "matches no other channel",
        arguments: [
            ("public", ["", "publi", "publics", "Public", " public", "public\0", "pub\u{301}lic"]),
            ("K", ["\u{212A}"]),
            ("chat.{room}", ["chat.", "chat", "chat.a.b", "chat.a:b", "chat.a/b", "chat.a#b", "chat.a,b", "xchat.a"]),
            ("chat.{room}", ["chat.\0", "chat.a\0", "chat.a\n", "chat.é", "chat.е", "chat.\u{202E}a", "chat.\u{7F}"]),
            ("user-{id}-{tab}", ["user--b", "user-a-", "user-a", "user--"]),
            (#"user-{id:\d+}"#, ["user-", "user-1a", "user-a1", "user-١", "user-+1", "user-1\n", "user-1 "]),
            (#"{year:\d{4}}{month:\d{2}}"#, ["20240", "2024011", "2024-1", ""]),
            (hexID, ["x01ab-9f-1234", "x01ab-9f-", "x01ab-9F-1", "x01ab9f-1"]),
            ("a[.{b}[.{c}]]", ["a.", "a..2", "a.1.", "a.1.2.3", ""]),
            ("[{lang:en|de}:]news", ["it:news", ":news", "de:", "de:de:news"]),
        ]
    )
    func refusesChannels(text: String, channels: [String]) throws {
        let pattern = try TopicPattern(text)
        for channel in channels { #expect(pattern.match(channel) == nil, "\(channel.debugDescription)") }
    }

    @Test("takes a step per character of a channel of any length")
    func longChannels() throws {
        let long = String(repeating: "a", count: 1_000_000)
        #expect(try TopicPattern("chat.{room}").match("chat." + long)?["room"] == long)
        #expect(try TopicPattern("{x:(a|aa)+(a*)*b}").match(long) == nil)
        #expect(try TopicPattern("{x:(a|a)*c}.{y}").match(long + "b.y") == nil)
    }

    @Test(
        "says what is wrong with a pattern, where, and what to do",
        arguments: [
            ("", "is empty"),
            ("chat.{room", "at character 6: this { is never closed; write {room}"),
            ("room}", "at character 5: this } has no {"),
            ("a[b", "at character 2: this [ is never closed"),
            ("a]", "at character 2: this ] has no ["),
            ("a[]", "at character 3: this optional part is empty"),
            ("[a]", "all of it is optional"),
            ("{}", "at character 1: a parameter needs a name"),
            ("{1a}", "at character 1: a parameter needs a name"),
            ("{a-b}", "at character 3: a name cannot contain this"),
            ("{a}.{a}", "at character 5: the parameter {a} is repeated"),
            ("{a}{b}", "at character 1: it is unclear where {a} ends"),
            (#"{a:\w+}_{b}"#, #"its constraint allows "_""#),
            ("{a:[a-z-]+}[-x]", #"its constraint allows "-""#),
            (#"{a:\d+}{b:\d}"#, #"its constraint allows "0""#),
            ("ключ.{a}", "at character 1: channels may have only printable ASCII characters"),
            ("a\0", "at character 2: channels may have only printable ASCII characters"),
            (String(repeating: "[", count: 1_000), "at character 9: optional parts are nested deeper than 8"),
            (String(repeating: "[", count: 100_000), "at character 1025: it has more than 1024 characters"),
            ("x" + String(repeating: "[a]", count: 300), "make more than 64 forms"),
            (String(repeating: "{", count: 1_000), "a parameter needs a name"),
            (String(repeating: "]", count: 1_000), "this ] has no ["),
        ]
    )
    func invalid(text: String, reason: String) {
        let error = #expect(throws: TopicError.self) { try TopicPattern(text) }
        #expect(error?.code == .invalidPattern)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.message.utf8.count ?? 0 < 500)
    }

    @Test("knows its parameters")
    func parameters() throws {
        #expect(try TopicPattern("a.{x}[.{y}[.{z}]]").parameters == ["x", "y", "z"])
        #expect(try TopicPattern("a").parameters.isEmpty)
    }

    // MARK: Building

    @Test(
        "builds channels, without the optional parts that have no value",
        arguments: [
            ("public", [:], "public"),
            ("chat.{room}", ["room": "a-b"], "chat.a-b"),
            ("a[.{b}[.{c}]]", [:], "a"),
            ("a[.{b}[.{c}]]", ["b": "1"], "a.1"),
            ("a[.{b}[.{c}]]", ["b": "1", "c": "2"], "a.1.2"),
            ("news[:all]", [:], "news"),
            ("user-{id:[a-z.]+}", ["id": "a.b"], "user-a.b"),
        ]
    )
    func builds(text: String, values: [String: String], channel: String) throws {
        #expect(try TopicPattern(text).channel(values) == channel)
    }

    @Test(
        "builds nothing that would be read differently",
        arguments: [
            ("chat.{room}", ["room": ""]), ("chat.{room}", ["room": "a.b"]), ("chat.{room}", ["room": "a#7"]),
            ("chat.{room}", ["room": "a\0"]), ("chat.{room}", ["room": "é"]), ("chat.{room}", ["room": "\u{212A}"]),
            ("user-{id}-{tab}", ["id": "a-b", "tab": "c"]), (#"user-{id:\d+}"#, ["id": "1x"]),
            ("a[b]{x}", ["x": "bc"]),
        ]
    )
    func refusesValues(text: String, values: [String: String]) throws {
        let pattern = try TopicPattern(text)
        let error = #expect(throws: TopicError.self) { try pattern.channel(values) }
        #expect(error?.code == .invalidValue)
    }

    @Test(
        "builds nothing from missing or unknown values",
        arguments: [
            ("chat.{room}", [:]), ("chat.{room}", ["room": "a", "x": "b"]), ("chat.{room}", ["rooms": "a"]),
            ("a[.{b}[.{c}]]", ["c": "1"]),
        ]
    )
    func refusesNames(text: String, values: [String: String]) throws {
        let pattern = try TopicPattern(text)
        let error = #expect(throws: TopicError.self) { try pattern.channel(values) }
        #expect(error?.code == .unknownParameter)
        #expect(error?.message.contains(text) == true)
    }
}
