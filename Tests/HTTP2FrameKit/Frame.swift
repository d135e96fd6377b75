/// One HTTP/2 frame as it lies on the wire (RFC 9113 §4.1), right or wrong.
///
/// The functions of `Frame+Building.swift` make each kind; this initializer makes any other frame.
package struct Frame: Hashable, Sendable {
    /// A frame type's number.
    package struct Kind: Hashable, Sendable, RawRepresentable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let data = Kind(rawValue: 0x0)
        package static let headers = Kind(rawValue: 0x1)
        package static let priority = Kind(rawValue: 0x2)
        package static let resetStream = Kind(rawValue: 0x3)
        package static let settings = Kind(rawValue: 0x4)
        package static let pushPromise = Kind(rawValue: 0x5)
        package static let ping = Kind(rawValue: 0x6)
        package static let goAway = Kind(rawValue: 0x7)
        package static let windowUpdate = Kind(rawValue: 0x8)
        package static let continuation = Kind(rawValue: 0x9)
    }

    /// The flags of all kinds; ACK and END_STREAM are the same bit.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let endStream = Flags(rawValue: 0x1)
        package static let ack = Flags(rawValue: 0x1)
        package static let endHeaders = Flags(rawValue: 0x4)
        package static let padded = Flags(rawValue: 0x8)
        package static let priority = Flags(rawValue: 0x20)
    }

    package static let headerLength = 9

    package var kind: Kind
    package var flags: Flags
    package var streamID: UInt32
    package var payload: [UInt8]

    package init(_ kind: Kind, flags: Flags = [], streamID: UInt32 = 0, payload: [UInt8] = []) {
        self.kind = kind
        self.flags = flags
        self.streamID = streamID
        self.payload = payload
    }

    package var bytes: [UInt8] {
        Self.header(length: payload.count, kind, flags: flags, streamID: streamID) + payload
    }

    /// A frame header alone, with any length.
    package static func header(length: Int, _ kind: Kind, flags: Flags = [], streamID: UInt32 = 0) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(truncatingIfNeeded: length >> 16)]
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: length))
        bytes += [kind.rawValue, flags.rawValue]
        bytes.append(bigEndian: streamID)
        return bytes
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension Sequence<UInt8> {
    func bigEndian<Value: FixedWidthInteger>(as type: Value.Type = Value.self) -> Value {
        reduce(0) { $0 << 8 | Value($1) }
    }
}
