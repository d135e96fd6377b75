#if HTTPBridge
import CentrifugoProxy
import Testing

@testable import ProxyHTTPBridge

@Suite struct UpstreamAnswerTests {
    static let bodies: [(UInt, String, String)] = [
        (200, #"{"name":"Ann"}"#, #"{"code":200,"name":"Ann"}"#), (404, "{}", #"{"code":404}"#),
        (201, #" { "a" : 1 , "b" : [ 1, {"c":2} ] } "#, #"{"code":201,"a":1,"b":[ 1, {"c":2} ]}"#),
        // Not an object.
        (200, "[1,2]", #"{"code":200,"data":[1,2]}"#), (200, "null", #"{"code":200,"data":null}"#),
        (200, "\"x\"", #"{"code":200,"data":"x"}"#), (200, "1", #"{"code":200,"data":1}"#),
        (200, "[{\"code\":1}]", #"{"code":200,"data":[{"code":1}]}"#),
        // No body.
        (200, "", #"{"code":200}"#), (204, "", #"{"code":204}"#), (422, "", #"{"code":422}"#),
        // The upstream's own code, however it is written and however often it is repeated.
        (200, #"{"code":"mine"}"#, #"{"code":200}"#), (200, #"{"code":1,"a":2,"code":3}"#, #"{"code":200,"a":2}"#),
        (200, #"{"\u0063ode":1,"a":2}"#, #"{"code":200,"a":2}"#), (200, #"{"c\u006Fde":{"b":[1]}}"#, #"{"code":200}"#),
        (200, #"{"a":{"code":1},"Code":2,"codex":3}"#, #"{"code":200,"a":{"code":1},"Code":2,"codex":3}"#),
        // Digits, letters and brackets in texts.
        (200, #"{"n":12345678901234567890.10e-0}"#, #"{"code":200,"n":12345678901234567890.10e-0}"#),
        (200, #"{"a":"}],\"code\":1","b":"\\"}"#, #"{"code":200,"a":"}],\"code\":1","b":"\\"}"#),
        (
            200, "{\"\u{E9}\":\"\u{1F600}\u{2028}\",\"\\ud800\":\"\\ud800\"}",
            "{\"code\":200,\"\u{E9}\":\"\u{1F600}\u{2028}\",\"\\ud800\":\"\\ud800\"}"
        ),
        // Validation.
        (
            422, #"{"message":"no","errors":{"a":["b"]},"secret":1,"code":5}"#,
            #"{"code":422,"errors":{"a":["b"]},"message":"no"}"#
        ),
        (422, #"{"errors":1,"error\u0073":2}"#, #"{"code":422,"errors":2}"#),
        (422, #"{"trace":[]}"#, #"{"code":422}"#), (422, "[1]", #"{"code":422}"#),
        // Redirects: their body if it is JSON.
        (302, "<html>moved</html>", #"{"code":302}"#), (303, #"{"to":"x"}"#, #"{"code":303,"to":"x"}"#),
    ]

    @Test("sets the code and keeps the rest", arguments: bodies)
    func sets(status: UInt, body: String, json: String) throws {
        let answer = try UpstreamAnswer(status: status, body: [UInt8](body.utf8)).json()
        #expect(String(decoding: answer, as: UTF8.self) == json)
        #expect(JSONSyntax.isValid(answer))
    }

    @Test(
        "refuses a body that is not JSON, for good",
        arguments: ["<html>", "{", "\n", "{}{}", "\u{FEFF}{}", "{'a':1}", "{\"a\":\"\u{1}\"}"],
        [200, 404, 422, 500] as [UInt]
    )
    func refuses(body: String, status: UInt) throws {
        let failure = try #require(throws: BridgeError.self) {
            try UpstreamAnswer(status: status, body: [UInt8](body.utf8)).json()
        }
        #expect(failure.outcome == .badAnswer)
        #expect(!failure.refusal.temporary)
    }
}
#endif
