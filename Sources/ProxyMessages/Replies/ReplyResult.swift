package import ProtobufWire

/// The result of an event, which knows the response message around it.
package protocol ReplyResult: WireMessage {
    /// The name of the response in the proto.
    static var replyName: StaticString { get }

    /// Which fields the response has.
    static var replyFields: ReplyFields { get }

    /// Appends the response's fields.
    ///
    /// A requirement, so that it is compiled for each result: in the generic `Reply` it would look types up at run time,
    /// which took longer than the encoding itself.
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

/// The fields that a response has; some have no room for refusals.
package enum ReplyFields: Comparable {
    case result
    case resultAndError
    case all
}
