package import ProtobufWire

/// The answer to a call, with the fields that all events share.
///
/// Centrifugo checks `disconnect` before `error`, and `error` before `result`.
public struct Reply<Result> {
    /// The event's result; `nil` differs from an empty result for some events.
    public var result: Result?
    /// Refuses the request and keeps the connection.
    public var error: CentrifugoError?
    /// Refuses the request and closes the connection.
    public var disconnect: Disconnect?

    /// Makes a reply; a handler's outcome sets one of the three.
    public init(result: Result? = nil, error: CentrifugoError? = nil, disconnect: Disconnect? = nil) {
        self.result = result
        self.error = error
        self.disconnect = disconnect
    }
}

extension Reply: Sendable where Result: Sendable {}

extension Reply: Equatable where Result: Equatable {}

extension Reply: WireMessage where Result: ReplyResult {
    package static var wireName: StaticString { Result.replyName }

    package init() {
        self.init(result: nil)
    }

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&result, "result")
        case 2 where Result.replyFields >= .resultAndError: try reader.read(&error, "error")
        case 3 where Result.replyFields >= .all: try reader.read(&disconnect, "disconnect")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        Result.encode(self, into: &writer)
    }
}
