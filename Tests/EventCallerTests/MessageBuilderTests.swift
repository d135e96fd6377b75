import Testing

@testable import EventCaller

@Suite struct MessageBuilderTests {
    @Test(
        "says which values a field takes",
        arguments: [
            ("Error", "temporary", "maybe", "temporary is true or false."),
            ("Error", "code", "-1", "code is a whole number from 0 to 4294967295."),
            ("Error", "code", "many", "code is a whole number from 0 to 4294967295."),
            ("SubscribeOptions", "override", #"{"presence": true}"#, "presence takes a JSON object."),
            (
                "SubscribeOptions", "override", "true",
                "override is a message: write a JSON object with presence, join_leave,"
            ),
            ("StreamSubscribeResponse", "publication", #"{"tags": {"a": []}}"#, "tags.a takes a text."),
            ("StreamSubscribeResponse", "publication", #"{"tags": 1}"#, "tags takes a JSON object."),
            ("NotifyChannelStateRequest", "events", #"{"type": ["a"]}"#, "type takes one value, not a list."),
            ("NotifyChannelStateRequest", "events", #"{"type": {}}"#, "type does not take a JSON object."),
            (
                "NotifyChannelStateRequest", "events", #"{"typ": "a"}"#,
                "has no field \"typ\": it has time_ms, channel, type."
            ),
        ]
    )
    func mistakes(type: String, name: String, text: String, sentence: String) {
        let schema = ProxySchema.proxy
        var builder = MessageBuilder(schema.message("centrifugal.centrifugo.proxy.\(type)"), of: schema)
        let mistake = #expect(throws: RequestError.self) { try builder.set(name, text) }
        #expect(mistake?.description.contains(sentence) == true, "\(mistake?.description ?? "")")
    }
}
