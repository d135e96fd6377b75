import GRPCCall
import HTTP2Framing
import Testing

@Suite struct MetadataTests {
    @Test("is empty at first")
    func empty() {
        let metadata = Metadata()
        #expect(metadata.isEmpty)
        #expect(metadata.count == 0)
        #expect(metadata["x"] == [])
        #expect(metadata.first("x") == nil)
        #expect(Array(metadata).isEmpty)
    }

    @Test("finds all values of a name in their order, in any case")
    func values() {
        let metadata: Metadata = ["X-Token": "one", "other": "", "x-token": "two"]
        #expect(metadata["x-TOKEN"] == ["one", "two"])
        #expect(metadata.first("x-token") == "one")
        #expect(metadata["other"] == [""])
        #expect(metadata["x-toke"] == [])
        #expect(metadata.count == 3)
    }

    @Test("goes over names and values in their order")
    func iteration() {
        let metadata = Metadata([("B", "2"), ("a", "1"), ("b", "3")])
        #expect(metadata.map(\.name) == ["b", "a", "b"])
        #expect(metadata.map(\.value) == ["2", "1", "3"])
    }

    @Test("is a dictionary of all values by name")
    func dictionary() {
        let metadata = Metadata([("B", "2"), ("a", "1"), ("b", "3"), ("c-bin", "Zg==,Zg"), ("é", "4")])
        #expect(metadata.dictionary == ["b": ["2", "3"], "a": ["1"], "c-bin": ["Zg==,Zg"], "é": ["4"]])
        #expect(metadata.underestimatedCount == 5)
        #expect(Metadata().dictionary.isEmpty)
    }

    /// Hostile input: binary-metadata-joined.
    @Test("decodes binary values, padded or not, one or several in a field")
    func binary() {
        let metadata: Metadata = ["Trace-Bin": "Zg==, Zm8", "trace-bin": "", "trace": "Zg"]
        #expect(metadata.binary("trace-bin") == [Array("f".utf8), Array("fo".utf8), []])
        #expect(metadata["trace-bin"] == ["Zg==", "Zm8", ""])
        #expect(metadata.count == 3)
    }

    @Test("stores a long list in little more than its length")
    func list() {
        let name = String(repeating: "n", count: 1000) + "-bin"
        let metadata: Metadata = [name: String(repeating: ",", count: 9999)]
        #expect(metadata.count == 1)
        #expect(metadata.binary(name) == Array(repeating: [], count: 10_000))
        #expect(metadata.headerFields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } == 11_003)
    }

    @Test("encodes binary values without padding")
    func appendBinary() {
        var metadata = Metadata()
        metadata.append([0xFF], for: "trace-bin")
        #expect(metadata["trace-bin"] == ["/w"])
        #expect(metadata.binary("trace-bin") == [[0xFF]])
        #expect(metadata.headerFields.map(\.name) == ["trace-bin"])
        #expect(metadata.headerFields.map(\.value) == ["/w"])
    }

    @Test("omits a value that is not base64 from the binary ones")
    func malformedByHand() {
        let metadata: Metadata = ["trace-bin": "?", "TRACE-BIN": "Zg"]
        #expect(metadata.binary("trace-bin") == [Array("f".utf8)])
    }

    @Test("shows the bytes of values")
    func bytes() {
        let metadata: Metadata = ["token": "secret", "other": "x", "Token": "second"]
        var values: [[UInt8]] = []
        metadata.forEachValue(of: "TOKEN") { values.append(Array($0)) }
        #expect(values == [Array("secret".utf8), Array("second".utf8)])
    }

    @Test("never prints values")
    func description() {
        let metadata: Metadata = ["token": "secret", "x-trace": "hidden"]
        #expect(metadata.description == "[token, x-trace]")
        var dumped = ""
        dump(metadata, to: &dumped)
        for text in ["\(metadata)", String(reflecting: metadata), dumped] {
            #expect(text.contains("token"))
            #expect(!text.contains("secret"))
            #expect(!text.contains("hidden"))
        }
    }

    @Test("holds many and large values")
    func large() {
        let cookie = String(repeating: "c", count: 40_000)
        let metadata = Metadata((0..<1000).map { ("name-\($0)", $0 == 500 ? cookie : "\($0)") })
        #expect(metadata.count == 1000)
        #expect(metadata["name-500"] == [cookie])
        #expect(metadata["name-999"] == ["999"])
    }

    @Test(
        "accepts received values of any bytes, except those that should be base64 and are not",
        arguments: [
            ("x-name", Array("plain, not a list".utf8), true), ("x-name", Array("grüße".utf8), true),
            ("x-name", [0xFF], true),
            ("x-name", [], true), ("x-bin", Array("Zg,Zg==".utf8), true), ("x-bin", Array("Zg,?".utf8), false),
            ("x-bin", [], true),
        ] as [(String, [UInt8], Bool)]
    )
    func received(name: String, value: [UInt8], isAccepted: Bool) {
        let list = HeaderList([(name: name, value: value)])
        withExtendedLifetime(list) {
            for field in list {
                var metadata = Metadata()
                #expect(metadata.receive(field) == isAccepted)
                #expect(metadata.isEmpty == !isAccepted)
            }
        }
    }

    /// Metadata of a received header list.
    private static func received(_ fields: [(name: String, value: [UInt8])]) -> Metadata {
        var metadata = Metadata()
        let list = HeaderList(fields)
        withExtendedLifetime(list) {
            for field in list {
                let isTaken = metadata.receive(field)
                #expect(isTaken)
            }
        }
        return metadata
    }

    /// Hostile input: metadata-not-utf8.
    @Test(
        "keeps a value that is not UTF-8 unchanged, in its place, and repairs it only as text",
        arguments: [
            ([0xFF], "\u{FFFD}"), (Array("gr".utf8) + [0xFC] + Array("n".utf8), "gr\u{FFFD}n"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
        ] as [([UInt8], String)]
    )
    func notUTF8(value: [UInt8], text: String) {
        let metadata = Self.received([
            ("before", Array("1".utf8)), ("name", Array("first".utf8)), ("name", value), ("after", Array("ü".utf8)),
        ])
        #expect(metadata.count == 4)
        #expect(metadata.bytes("Name") == [Array("first".utf8), value])
        #expect(metadata["name"] == ["first", text])
        #expect(metadata["before"] == ["1"] && metadata["after"] == ["ü"])
        #expect(metadata.map(\.name) == ["before", "name", "name", "after"])
        #expect(metadata.map(\.value) == ["1", "first", text, "ü"])
        #expect(metadata.description == "[before, name, name, after]")
        #expect(metadata != Self.received([("name", Array(text.utf8))]))
    }
}
