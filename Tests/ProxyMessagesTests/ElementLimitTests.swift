import ProtobufWire
import Testing

@testable import ProxyMessages

/// The most elements of lists and maps: an empty one takes two bytes on the wire, and much more in memory and time.
@Suite struct ElementLimitTests {
    /// A field of which a message can have many.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let element: [UInt8]
        /// The part of the message before the elements.
        let beginning: [UInt8]
        let decode: @Sendable ([UInt8], Int, inout Int) throws(WireError) -> Void

        init<Message: WireMessage>(
            _ what: String,
            of message: Message.Type,
            _ element: [UInt8],
            behind beginning: [UInt8] = []
        ) {
            testDescription = what
            self.element = element
            self.beginning = beginning
            decode = { bytes, limit, elements throws(WireError) in
                try bytes.withUnsafeBufferPointer { (bytes) throws(WireError) in
                    _ = try Message(
                        wireBytes: UnsafeRawBufferPointer(bytes),
                        elementLimit: limit,
                        elements: &elements
                    )
                }
            }
        }
    }

    static let kinds = [
        Kind("an empty text in a list", of: ConnectRequest.self, [0x72, 0]),
        Kind("an empty map entry", of: RPCRequest.self, [0x7A, 0]),
        Kind("a map entry", of: RPCRequest.self, [0x7A, 6, 0x0A, 1, 0x61, 0x12, 1, 0x62]),
        Kind("an empty message in a list", of: NotifyChannelStateRequest.self, [0x0A, 0]),
        Kind("an item that is polled", of: SharedPollRefreshRequest.self, [0x12, 0]),
        Kind("a further piece of a message", of: StreamSubscribeRequest.self, [0x0A, 0], behind: [0x0A, 0, 0x12, 0]),
        Kind("a map of messages", of: ConnectResult.self, [0x42, 0]),
        Kind("nested bytes", of: SharedPollRefreshResult.self, [0x0A, 0]),
    ]

    /// Hostile input: elements.
    @Test("counts each kind of element, and accepts as many as allowed", arguments: kinds)
    func limit(kind: Kind) throws {
        var elements = 0
        let most = kind.beginning + Array(repeatElement(kind.element, count: 100).joined())
        try kind.decode(most, 100, &elements)
        #expect(elements == 100)
        let error = #expect(throws: WireError.self) { try kind.decode(most + kind.element, 100, &elements) }
        #expect(error?.reason == .tooManyElements)
    }

    @Test("also limits fields that are not elements, far above those of any message")
    func fields() throws {
        let unknown: [UInt8] = [0xF8, 0x7F, 0]
        let again: [UInt8] = [0x0A, 0]
        var elements = 0
        let kind = Kind("", of: RPCRequest.self, [])
        for field in [unknown, again] {
            try kind.decode(Array(repeatElement(field, count: 1_024).joined()), 0, &elements)
            let error = #expect(throws: WireError.self) {
                try kind.decode(Array(repeatElement(field, count: 1_025).joined()), 0, &elements)
            }
            #expect(error?.reason == .tooManyElements)
        }
        #expect(elements == 0)
    }

    @Test("allows 65,536 by default")
    func standard() throws {
        let empty: [UInt8] = [0x72, 0]
        let most = Array(repeatElement(empty, count: 65_536).joined())
        #expect(try ConnectRequest(wireBytes: most).channels.count == 65_536)
        #expect(throws: WireError.self) { try ConnectRequest(wireBytes: most + empty) }
    }
}
