/// Cuts a stream of received bytes, in any portions, into frames.
package struct FrameParser {
    private var buffer: [UInt8] = []
    private var position = 0

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        // Frames that were taken are removed at once, so that a long conversation does not pile up.
        buffer.removeFirst(position)
        position = 0
        buffer += bytes
    }

    /// The next whole frame, or nil until more bytes come.
    package mutating func next() -> Frame? {
        let rest = buffer[position...]
        guard rest.count >= Frame.headerLength else { return nil }
        let start = rest.startIndex
        let end = start + Frame.headerLength + rest[start..<start + 3].bigEndian(as: Int.self)
        guard end <= rest.endIndex else { return nil }
        position = end
        // The highest bit of the identifier is reserved (RFC 9113 §4.1).
        let streamID = rest[start + 5..<start + 9].bigEndian(as: UInt32.self) & 0x7FFF_FFFF
        return Frame(
            Frame.Kind(rawValue: rest[start + 3]),
            flags: Frame.Flags(rawValue: rest[start + 4]),
            streamID: streamID,
            payload: Array(rest[start + Frame.headerLength..<end])
        )
    }

    /// How many bytes of an unfinished frame are there.
    package var unparsedCount: Int { buffer.count - position }
}
