import CentrifugoProxy
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct JSONValueTests {
    @Test(
        "reads any JSON, and writes the same",
        arguments: [
            ("null", .null), ("true", true), (" false\n", false), (#""a""#, "a"), ("[]", []), ("{}", [:]),
            (" [ 1 , \"b\" , [ ] ] ", [1, "b", []]),
            (#"{ "a" : { "b" : null } , "c" : [ ] }"#, ["a": ["b": nil], "c": []]),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("0.1", 0.1),
            (#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#, "\"\\/\u{8}\u{C}\n\r\tAé😀"), (#""é😀""#, "é😀"),
            (#""\u0000""#, "\0"), (#""\\u0041""#, "\\u0041"), (#""""#, ""),
        ] as [(String, JSONValue)]
    )
    func reading(text: String, value: JSONValue) throws {
        #expect(try Payload.text(text).json == value)
        #expect(try Payload.text(text).decode(JSONValue.self) == value)
        let written = try Payload.json(value)
        #expect(try written.json == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(written.bytes)) == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    }

    @Test("writes members in the order of their names, and numbers as they are written")
    func writing() throws {
        let text = #"{"a":[1.10,-0,1E+2,123456789012345678901234567890.5,1e400],"b":{"c":"\"\\\u0001é"},"d":null}"#
        let shuffled =
            #"{"d":null, "b":{"c":"\"\\\u0001\u00e9"},"a":[1.10,-0,1E+2,123456789012345678901234567890.5,1e400]}"#
        #expect(try Payload.json(Payload.text(shuffled).json).text == text)
        // The content is known to be JSON, whatever the client reads.
        #expect(try Payload.json(JSONValue.string("a/b")).text == #""a/b""#)
    }

    private struct Envelope: Codable, Equatable {
        var id: Int
        var data: JSONValue
        var more: [String: [JSONValue]]
        var count: JSONNumber?
    }

    @Test("keeps all digits inside an own type that the library decodes")
    func nested() throws {
        let long = "12345678901234567890123456789012345678901234567890.000000000000000000001"
        let hidden = "1" + String(repeating: "0", count: 50) + "1"
        let text = #"{"id":1,"data":{"x":[\#(long)],"0":\#(hidden)},"more":{"0":[null,1e400],"a":[]},"count":1e-400}"#
        let envelope = try Payload.text(text).decode(Envelope.self)
        #expect(envelope.data["x"]?[0] == JSONNumber(long).map(JSONValue.number))
        #expect(envelope.data["0"] == JSONNumber(hidden).map(JSONValue.number))
        #expect(envelope.more == ["0": [.null, .number(try #require(JSONNumber("1e400")))], "a": []])
        #expect(envelope.count?.text == "1e-400")
        #expect(throws: PayloadError.self) { try Payload.json(envelope) }
    }

    @Test(
        "keeps the value of a number inside an own type, however it is written",
        arguments: [
            "0.1234567890123456789012345678901234567", "0.123456789012345678901234567890123456789", "1E5", "1.0e-200",
            "1234567890123456789012345678901234567", "12345678901234567890123456789012345678", "-0.5", "1.10",
            "10000000000000000000000000000000000000000000000000000000000001", "18446744073709551615",
        ]
    )
    func spellings(text: String) throws {
        let number = try #require(JSONNumber(text))
        #expect(try Payload.text(#"{"a":[\#(text)]}"#).decode([String: JSONValue].self) == ["a": [.number(number)]])
        #expect(try Payload.text(#"{"a":\#(text)}"#).decode([String: JSONNumber].self) == ["a": number])
    }

    @Test("takes an own type that has JSON through encoding and decoding")
    func ownType() throws {
        let envelope = Envelope(id: 1, data: ["a": [1, 2.5, "x", nil, true]], more: ["m": [[:]]])
        #expect(try Payload.json(envelope).decode(Envelope.self) == envelope)
    }

    @Test(
        "refuses what is not JSON, or is not the same for every reader",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "nul", "'a'", "1 2", "\u{FEFF}1", "\"\u{1}\"", "NaN",
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"é":1,"e\u0301":2}"#, #""\ud800""#, #""\udc00\ud800""#,
            #""\ud800\n""#, #""\ud83d \ude00""#, #""\ud83d\u0041""#, #"[{"b":{"a":1,"a":2}}]"#,
        ]
    )
    func refused(text: String) {
        #expect(throws: PayloadError.self) { try Payload.text(text).json }
        #expect(throws: PayloadError.self) { try Payload.text(text).decode(JSONValue.self) }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [[0xFF], [0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]]
    )
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: PayloadError.self) { try Payload.bytes(bytes).json }
    }

    @Test("refuses more than 512 levels, in both directions")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        let deepest = try Payload.text(nested(512)).json
        #expect(try Payload.json(deepest).text == nested(512))
        for levels in [513, 1_000_000] { #expect(throws: PayloadError.self) { try Payload.text(nested(levels)).json } }
        #expect(throws: PayloadError.self) { try Payload.json(JSONValue.array([deepest])) }
        #expect(throws: PayloadError.self) { try Payload.json(["a": deepest] as JSONValue) }
    }

    @Test("gives access to its parts, and nil for others")
    func parts() {
        let value: JSONValue = ["list": [1, 2.5, "x"], "on": true, "none": nil]
        #expect(value["list"]?[0]?.int == 1 && value["list"]?[1]?.double == 2.5 && value["list"]?[2]?.string == "x")
        #expect(value["list"]?[3] == nil && value["list"]?[-1] == nil && value["list"]?["x"] == nil)
        #expect(value["on"]?.bool == true && value["none"]?.isNull == true && value["else"] == nil)
        #expect(value[0] == nil && value.string == nil && value.int == nil && value.array == nil)
        #expect(value.object?.count == 3 && value["list"]?.array?.count == 3 && value["list"]?[1]?.int == nil)
    }
}

/// JSON of clients, through a server.
@Suite(.timeLimit(.minutes(1))) struct ClientJSONTests {
    private static func router() throws -> RPCRouter {
        try RPCRouter { methods in
            try methods.on("value", input: JSONValue.self) { value, _, _ in value }
            try methods.on("member") { request, _ in ["echo": try request.payload.json] }
            try methods.onRaw("same") { payload, _, _ in RPCResult(data: try payload.validJSON) }
            try methods.onRaw("bytes") { payload, _, _ in RPCResult(data: .bytes(payload.bytes)) }
        }
    }

    @Test(
        "answers with what the client sent, or refuses it with error 400",
        arguments: ["value", "member", "same"],
        [
            (#"{"big":[9223372036854775807,12345.6789]}"#, true), ("[", false), ("\u{1}", false), ("nul", false),
            (String(repeating: "[", count: 500) + String(repeating: "]", count: 500), true),
            (String(repeating: "[", count: 10_000), false),
        ]
    )
    func echo(method: String, data: (text: String, isJSON: Bool)) async throws {
        try await TestServer.run(ProxyService(rpc: try Self.router())) { server in
            let peer = try await server.connect()
            let request = RPCRequest(protocol: "json", encoding: "json", method: method, data: Array(data.text.utf8))
            let answer: RPCResponse = try await peer.call(.rpc, request)
            guard data.isJSON else {
                #expect(answer == RPCResponse(error: .badRequest))
                return
            }
            let expected = method == "member" ? #"{"echo":\#(data.text)}"# : data.text
            #expect(answer.result?.data.text == expected)
        }
    }

    @Test("keeps the spelling of JSON that is only checked")
    func spelling() throws {
        let text = " { \"b\" : 1.0, \"a\" : 2 } "
        #expect(try Payload.text(text).validJSON.text == text)
        #expect(throws: PayloadError.self) { try Payload.bytes([0xFF]).validJSON }
    }

    @Test("fails after the handler when it returns bytes that are not JSON")
    func unchecked() async throws {
        try await TestServer.run(ProxyService(rpc: try Self.router())) { server in
            let connection = try await server.connect()
            let request = RPCRequest(protocol: "json", encoding: "json", method: "bytes", data: [1])
            let answer = try await connection.answer(to: connection.start(.rpc, request))
            #expect(answer.grpcStatus == "13")
        }
    }
}
