package import ProtobufWire

/// A message in a bidirectional stream from Centrifugo: the request first, then only publications.
public struct StreamSubscribeRequest: Sendable, Equatable {
    /// Opens the subscription; only the first message has it.
    public var subscribeRequest: SubscribeRequest?
    /// What the client published into the subscription.
    public var publication: Publication?

    /// Makes a request; omitted values have their defaults.
    public init(
        subscribeRequest: SubscribeRequest? = nil,
        publication: Publication? = nil
    ) {
        self.subscribeRequest = subscribeRequest
        self.publication = publication
    }
}

extension StreamSubscribeRequest: WireMessage {
    package static var wireName: StaticString { "StreamSubscribeRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&subscribeRequest, "subscribe_request")
        case 2: try reader.read(&publication, "publication")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(subscribeRequest, field: 1)
        writer.write(publication, field: 2)
    }
}
