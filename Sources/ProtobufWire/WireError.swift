/// Says why bytes are not a protobuf message, and in which message and field that showed.
///
/// What fails throws a bare reason, and the place is wrapped around it on the way out, so that a message that decodes
/// pays nothing for the names.
@usableFromInline
package enum WireError: Error {
    /// The bytes end inside a tag, a varint, a fixed-width number or a group.
    case truncated
    /// A varint goes on after its tenth byte.
    case varintTooLong
    /// A length reaches beyond the end of the enclosing message.
    case lengthBeyondEnd
    /// A string is not UTF-8.
    case invalidUTF8
    /// A field number is 0 or above 536,870,911.
    case invalidFieldNumber
    /// A wire type is 6 or 7.
    case invalidWireType
    /// A group ends that was not open, or not the innermost.
    case unmatchedEndGroup
    /// Messages or groups nest deeper than ``WireReader/depthLimit``.
    case nestedTooDeep
    /// Lists and maps have more elements than allowed, or fields come again more often than makes sense.
    case tooManyElements
    /// The reason, met while reading a field.
    indirect case inField(StaticString, WireError)
    /// The reason, met while reading a message.
    indirect case inMessage(StaticString, WireError)
}

extension WireError {
    /// The bare reason, without its place.
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
        case .lengthBeyondEnd: "a length reaches beyond the end"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .invalidFieldNumber: "a field number is out of range"
        case .invalidWireType: "a wire type is unknown"
        case .unmatchedEndGroup: "a group ends that was not open"
        case .nestedTooDeep: "messages or groups nest deeper than \(WireReader.depthLimit)"
        case .tooManyElements: "lists and maps have too many elements"
        case .inField(let field, let inner): "field \(field): \(inner)"
        case .inMessage(let message, let inner): "\(message), \(inner)"
        }
    }
}

extension WireError: Equatable {
    /// Errors are equal if they say the same; their names are static strings, which cannot be compared themselves.
    @usableFromInline
    package static func == (left: WireError, right: WireError) -> Bool {
        left.description == right.description
    }
}
