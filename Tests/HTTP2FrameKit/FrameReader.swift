/// Turns received bytes into frames with decoded header lists.
///
/// One reader serves one connection, from its first byte.
package struct FrameReader {
    private var parser = FrameParser()
    private var decoder = HPACKDecoder()
    private var block: (frame: Frame, bytes: [UInt8])?

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        parser.append(bytes)
    }

    /// The next whole frame, or nil until more bytes come.
    ///
    /// HEADERS and its CONTINUATION frames are one. Throws `HPACKError` when a header block cannot be decoded.
    package mutating func next() throws(HPACKError) -> ReceivedFrame? {
        while let frame = parser.next() {
            switch (frame.kind, block) {
            case (.headers, nil): block = (frame, frame.unpadded)
            case (.continuation, let begun?): block = (begun.frame, begun.bytes + frame.payload)
            default: return ReceivedFrame(frame)
            }
            guard frame.flags.contains(.endHeaders), let whole = block else { continue }
            block = nil
            let fields = try decoder.decode(whole.bytes)
            return .headers(whole.frame.streamID, fields, endStream: whole.frame.flags.contains(.endStream))
        }
        return nil
    }

    /// How many bytes of an unfinished frame are there.
    package var unparsedCount: Int { parser.unparsedCount }
}
