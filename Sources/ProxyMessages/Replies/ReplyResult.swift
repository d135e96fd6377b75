package import ProtobufWire

/// The result of an event, with a description of its response message.
package protocol ReplyResult: WireMessage {
    /// The name of the response in the proto.
    static var replyName: StaticString { get }

    /// Which fields the response has.
    static var replyFields: ReplyFields { get }

    /// Appends the response's fields.
    ///
    /// A requirement, so that it is compiled for each result: the generic `Reply` would look types up at run time,
    /// which takes longer than the encoding itself.
    static func encode(_ reply: Reply<Self>, into writer: inout WireWriter)
}

extension ReplyResult {
    package static var replyFields: ReplyFields { .all }

    package static func encode(_ reply: Reply<Self>, into writer: inout WireWriter) {
        writer.write(reply.result, field: 1)
        if replyFields >= .resultAndError {
            writer.write(reply.error, field: 2)
        }
        if replyFields >= .all {
            writer.write(reply.disconnect, field: 3)
        }
    }
}

/// The fields that a response has; some cannot be refused.
package enum ReplyFields: Comparable {
    case result
    case resultAndError
    case all
}
