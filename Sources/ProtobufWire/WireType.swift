/// The low three bits of a tag: how the field's value is laid out (protobuf encoding guide, "Message Structure").
@usableFromInline
package enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
}
