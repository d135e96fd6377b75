#if HTTPBridge
import Testing

@testable import ProxyHTTPBridge

@Suite struct QueryParametersTests {
    /// What PHP's `http_build_query(json_decode(…))` makes with `PHP_QUERY_RFC3986`, numbers apart.
    @Test(
        "writes an object as PHP does",
        arguments: [
            (#"{}"#, ""), (#" { "a" : 1 , "b" : "c" } "#, "a=1&b=c"), (#"{"a":{"b":"c"}}"#, "a%5Bb%5D=c"),
            (#"{"a":["x","y"]}"#, "a%5B0%5D=x&a%5B1%5D=y"), (#"{"a":{"b":[{"c":1}]}}"#, "a%5Bb%5D%5B0%5D%5Bc%5D=1"),
            (#"{"a":true,"b":false,"c":null}"#, "a=1&b=0"), (#"{"a":[1,null,2]}"#, "a%5B0%5D=1&a%5B2%5D=2"),
            (#"{"a":{},"b":[],"c":""}"#, "c="), (#"{"":"x"}"#, "=x"), (#"{"a b":"c&d=e"}"#, "a%20b=c%26d%3De"),
            (#"{"a":"+ %/?#[]"}"#, "a=%2B%20%25%2F%3F%23%5B%5D"), (#"{"a":"-._~"}"#, "a=-._~"),
            (#"{"a[b]":"c"}"#, "a%5Bb%5D=c"), (#"{"a":1,"a":2}"#, "a=2"),
            (#"{"a":1,"b":3,"\u0061":{"c":2}}"#, "a%5Bc%5D=2&b=3"),
            (#"{"a":{"b":1,"b":2},"a":3}"#, "a=3"),
        ]
    )
    func writes(json: String, query: String) throws {
        #expect(try QueryParameters([UInt8](json.utf8)).pairs.joined(separator: "&") == query)
    }

    @Test(
        "keeps all digits and letters",
        arguments: [
            ("12345678901234567890123", "12345678901234567890123"), ("-0.10", "-0.10"), ("1e+5", "1e%2B5"),
            (#""\u00e9\n\"\\\/\ud83d\ude00""#, "%C3%A9%0A%22%5C%2F%F0%9F%98%80"), ("\"\u{1F600}\"", "%F0%9F%98%80"),
            (#""\r\nX-Evil: 1""#, "%0D%0AX-Evil%3A%201"), (#""\u0000""#, "%00"), (#""null""#, "null"),
        ]
    )
    func keeps(value: String, encoded: String) throws {
        #expect(try QueryParameters([UInt8](#"{"a":\#(value)}"#.utf8)).pairs == ["a=\(encoded)"])
    }

    @Test(
        "refuses values without names, and halves of surrogate pairs",
        arguments: ["[]", "[1]", "1", "\"a\"", "true", #"{"a":"\ud800"}"#, #"{"\udc00":1}"#]
    )
    func refuses(json: String) {
        #expect(throws: BridgeError.self) { try QueryParameters([UInt8](json.utf8)) }
    }

    @Test("refuses deeper nesting than its limit")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8]((String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)).utf8)
        }
        #expect(try QueryParameters(nested(QueryParameters.deepest)).pairs.count == 1)
        #expect(throws: BridgeError.self) { try QueryParameters(nested(QueryParameters.deepest + 1)) }
    }

    @Test("refuses more values than its limit, at whatever depth and of whatever kind")
    func count() throws {
        func many(_ count: Int, _ value: String) -> [UInt8] {
            [UInt8]((#"{"a":["# + [String](repeating: value, count: count - 1).joined(separator: ",") + "]}").utf8)
        }
        #expect(try QueryParameters(many(QueryParameters.most, "1")).pairs.count == QueryParameters.most - 1)
        for value in ["1", "null", "[]"] {
            #expect(throws: BridgeError.self) { try QueryParameters(many(QueryParameters.most + 1, value)) }
        }
    }
}
#endif
