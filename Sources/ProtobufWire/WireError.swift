/// Why bytes are not a protobuf message, and in which message and field.
///
/// The failing code throws only a reason, and the callers add the place, so that decoding a valid message does not pay
/// for the names.
@usableFromInline
package enum WireError: Error {
    /// The bytes end inside a tag, a varint, a fixed-width number or a group.
    case truncated
    /// A varint continues after its tenth byte.
    case varintTooLong
    /// A length exceeds the end of the enclosing message.
    case lengthBeyondEnd
    /// A string is not UTF-8.
    case invalidUTF8
    /// A field number is 0 or above 536,870,911.
    case invalidFieldNumber
    /// A wire type is 6 or 7.
    case invalidWireType
    /// A group ends that is not open, or not the innermost one.
    case unmatchedEndGroup
    /// Messages or groups nest deeper than ``WireReader/depthLimit``.
    case nestedTooDeep
    /// Lists and maps have more elements than allowed, or fields are repeated implausibly often.
    case tooManyElements
    /// The reason, with the field that was read.
    indirect case inField(StaticString, WireError)
    /// The reason, with the message that was read.
    indirect case inMessage(StaticString, WireError)
}

extension WireError {
    /// The reason, without its place.
    package var reason: WireError {
        switch self {
        case .inField(_, let inner), .inMessage(_, let inner): inner.reason
        default: self
        }
    }
}

extension WireError: CustomStringConvertible {
    @usableFromInline
    package var description: String {
        switch self {
        case .truncated: "the bytes end too early"
        case .varintTooLong: "a varint is longer than 10 bytes"
        case .lengthBeyondEnd: "a length exceeds the end"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .invalidFieldNumber: "a field number is out of range"
        case .invalidWireType: "a wire type is unknown"
        case .unmatchedEndGroup: "a group ends that is not open"
        case .nestedTooDeep: "messages or groups nest deeper than \(WireReader.depthLimit)"
        case .tooManyElements: "lists and maps have too many elements"
        case .inField(let field, let inner): "field \(field): \(inner)"
        case .inMessage(let message, let inner): "\(message), \(inner)"
        }
    }
}

extension WireError: Equatable {
    /// Two errors are equal if their descriptions are; their static names cannot be compared themselves.
    @usableFromInline
    package static func == (left: WireError, right: WireError) -> Bool {
        left.description == right.description
    }
}
