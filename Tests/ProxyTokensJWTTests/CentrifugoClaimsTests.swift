#if JWT
import CentrifugoProxy
import ProxyTokens
import Testing

@testable import ProxyTokensJWT

/// Centrifugo's own claims.
@Suite struct CentrifugoClaimsTests {
    private func claims(_ json: String) throws -> CentrifugoClaims {
        try CentrifugoClaims([UInt8](json.utf8), reserved: ["token", "roles"])
    }

    private func json(_ text: String) -> Payload { .bytes([UInt8](text.utf8)) }

    @Test("reads what a connection gets, and keeps the text of JSON")
    func connection() throws {
        let read = try claims(
            #"""
            {"sub": "42", "exp": 1, "expire_at": 1900000000, "info": {"n": 1.10, "big": 12345678901234567890},
             "meta": {"tenant": "a", "n": 1e2},
             "subs": {
               "news": {"data": [1.0], "info": "x", "override": {"presence": {"value": true}, "join_leave": {"value": false},
                 "force_recovery": {"value": true}, "force_positioning": {}, "force_push_join_leave": null, "new": 1}},
               "plain": {}, "null": null, "binary": {"b64data": "AAEC", "b64info": "AwQ=", "data": {}}},
             "channels": ["ignored"]}
            """#
        )
        #expect(read.expireAt == 1_900_000_000)
        #expect(read.connection.info == json(#"{"n": 1.10, "big": 12345678901234567890}"#))
        #expect(read.connection.meta == json(#"{"tenant": "a", "n": 1e2}"#))
        let override = SubscribeOptionOverride(
            presence: true,
            joinLeave: false,
            forceRecovery: true,
            forcePositioning: false
        )
        #expect(
            read.connection.subscriptions == [
                "news": SubscribeOptions(info: json(#""x""#), data: json("[1.0]"), override: override),
                "plain": SubscribeOptions(), "null": SubscribeOptions(),
                "binary": SubscribeOptions(info: .bytes([3, 4]), data: .bytes([0, 1, 2])),
            ]
        )
    }

    @Test(
        "takes the channels without options when there are no subs",
        arguments: [
            #"{"channels": ["a", "b", "a"]}"#, #"{"channels": ["a", "b"], "subs": {}}"#,
            #"{"channels": ["a", "b"], "subs": null, "info": null, "meta": null, "channel": "", "b64info": ""}"#,
        ]
    )
    func channels(text: String) throws {
        let read = try claims(text)
        let expected = TokenConnection(subscriptions: ["a": SubscribeOptions(), "b": SubscribeOptions()])
        #expect(read.connection == expected && read.expireAt == nil)
    }

    @Test("prefers binary information")
    func binary() throws {
        #expect(try claims(#"{"info": {}, "b64info": "AAE="}"#).connection.info == .bytes([0, 1]))
    }

    @Test(
        "refuses a claim of a wrong type, and names it",
        arguments: [
            ("[]", "it is not an object"), ("5", "it is not an object"), ("{", "it is not JSON"),
            (#"{"channels": "a"}"#, "channels is not a list"), (#"{"channels": {"a": {}}}"#, "channels is not a list"),
            (#"{"channels": ["a", 1]}"#, "channels is not a list of texts"),
            (#"{"channels": ["\ud800"]}"#, "channels is not a list of texts"),
            (#"{"subs": ["a"]}"#, "subs is not an object"), (#"{"subs": {"a": true}}"#, "subs.a is not an object"),
            (#"{"subs": {"a": {"override": 1}}}"#, "subs.a.override is not an object"),
            (#"{"subs": {"a": {"override": {"presence": true}}}}"#, "subs.a.override.presence is not an object"),
            (
                #"{"subs": {"a": {"override": {"presence": {"value": 1}}}}}"#,
                "subs.a.override.presence.value is not true or false"
            ),
            (#"{"subs": {"a": {"b64data": "?"}}}"#, "subs.a.b64data is not base64"),
            (#"{"b64info": 5}"#, "b64info is not a text"), (#"{"b64info": "A"}"#, "b64info is not base64"),
            (#"{"meta": []}"#, "meta is not an object"), (#"{"meta": "x"}"#, "meta is not an object"),
            (#"{"meta": {"token": 1}}"#, "meta.token is a name that this server uses itself"),
            (#"{"meta": {"roles": ["admin"]}}"#, "meta.roles is a name that this server uses itself"),
            (#"{"meta": {"\u0072oles": []}}"#, "meta.roles is a name that this server uses itself"),
            (#"{"expire_at": "1"}"#, "expire_at is not a whole number"),
            (#"{"expire_at": 1.5}"#, "expire_at is not a whole number"),
            (#"{"expire_at": 99999999999999999999}"#, "expire_at is not a whole number"),
            (#"{"channel": "a"}"#, "channel is there, so that this is a token for a subscription"),
            (#"{"channel": 1}"#, "channel is not a text"),
            (#"{"subs": {}, "subs": {"a": {}}}"#, "subs is there twice"),
            (#"{"info": 1, "inf\u006f": 2}"#, "info is there twice"),
        ]
    )
    func refused(text: String, message: String) {
        let error = #expect(throws: JSONFieldError.self) { try claims(text) }
        #expect(error?.description == message)
    }

    @Test("takes up to 1000 channels")
    func most() throws {
        func channels(_ count: Int) -> String { (0..<count).map { "\"c\($0)\"" }.joined(separator: ",") }
        func subs(_ count: Int) -> String { (0..<count).map { "\"c\($0)\":{}" }.joined(separator: ",") }
        #expect(try claims("{\"channels\": [\(channels(1_000))]}").connection.subscriptions.count == 1_000)
        #expect(try claims("{\"subs\": {\(subs(1_000))}}").connection.subscriptions.count == 1_000)
        #expect(throws: JSONFieldError.self) { try claims("{\"channels\": [\(channels(1_001))]}") }
        #expect(throws: JSONFieldError.self) { try claims("{\"subs\": {\(subs(1_001))}}") }
    }
}
#endif
