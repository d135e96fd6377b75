package import ProtobufWire

/// A message in a stream to Centrifugo: the response first, then only publications.
public struct StreamSubscribeResponse: Sendable, Equatable {
    /// Accepts or refuses the subscription; only the first message has it.
    public var subscribeResponse: SubscribeResponse?
    /// A publication for the client; Centrifugo drops one in the first message.
    public var publication: Publication?

    /// Makes a message; omitted values have their defaults.
    public init(
        subscribeResponse: SubscribeResponse? = nil,
        publication: Publication? = nil
    ) {
        self.subscribeResponse = subscribeResponse
        self.publication = publication
    }
}

extension StreamSubscribeResponse: WireMessage {
    package static var wireName: StaticString { "StreamSubscribeResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&subscribeResponse, "subscribe_response")
        case 2: try reader.read(&publication, "publication")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(subscribeResponse, field: 1)
        writer.write(publication, field: 2)
    }
}
