/// One entry of a SETTINGS frame (RFC 9113 §6.5.1).
package struct Setting: Hashable, Sendable {
    /// A parameter's identifier; the ones without a name are made by number.
    package struct Identifier: Hashable, Sendable, RawRepresentable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let headerTableSize = Identifier(rawValue: 0x1)
        package static let enablePush = Identifier(rawValue: 0x2)
        package static let maxConcurrentStreams = Identifier(rawValue: 0x3)
        package static let initialWindowSize = Identifier(rawValue: 0x4)
        package static let maxFrameSize = Identifier(rawValue: 0x5)
        package static let maxHeaderListSize = Identifier(rawValue: 0x6)
        /// RFC 9218 §2.1.
        package static let noRFC7540Priorities = Identifier(rawValue: 0x9)
    }

    package let identifier: Identifier
    package let value: UInt32

    package init(_ identifier: Identifier, _ value: UInt32) {
        self.identifier = identifier
        self.value = value
    }
}
