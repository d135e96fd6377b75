import ProtobufWire
import Testing

@Suite("WireError")
struct WireErrorTests {
    @Test("names the messages and fields on the way to the reason")
    func naming() {
        let inner = WireError.inMessage("ChannelEvent", .inField("channel", .invalidUTF8))
        let error = WireError.inMessage("NotifyChannelStateRequest", .inField("events", inner))
        #expect(
            "\(error)" == """
                NotifyChannelStateRequest, field events: ChannelEvent, field channel: a string is not valid UTF-8
                """
        )
        #expect(error.reason == .invalidUTF8)
    }

    @Test("comes with the name of the field that was read")
    func readingNames() {
        let error = #expect(throws: WireError.self) {
            _ = try readingText([0x0A, 0x02, 0x61])
        }
        #expect(error.map { "\($0)" } == "field text: a length exceeds the end")
    }
}
