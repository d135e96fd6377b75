#if HTTPBridge
import CentrifugoProxy

/// A path below the upstream's base URL that cannot leave it, however it is read.
///
/// It is stored as decoded segments: rules match the same text that the upstream reads, and the sent path is encoded
/// from it. A path that could be interpreted in two ways is refused.
struct UpstreamPath: Equatable {
    /// The decoded segments, at least one; only the last may be empty.
    let segments: [String]

    /// Parses the path of a method, which may begin with one slash.
    init?(_ text: some Collection<UInt8>) {
        let slash = UInt8(ascii: "/")
        let pieces = (text.first == slash ? text.dropFirst() : text[...])
            .split(separator: slash, omittingEmptySubsequences: false)
        var segments: [String] = []
        for (index, piece) in pieces.enumerated() {
            // An empty segment before others would name a host (`//evil`), and some servers drop it elsewhere.
            guard let segment = Self.segment(piece), !segment.isEmpty || index == pieces.count - 1 else { return nil }
            segments.append(segment)
        }
        // At the beginning, `http:…` and `user@…` would be a scheme and a user for software that resolves the path.
        guard !segments[0].utf8.contains(where: { ":@".utf8.contains($0) }) else { return nil }
        self.segments = segments
    }

    /// The path as it is sent, without a leading slash.
    var encoded: String {
        segments.map { URLText.encoded($0.utf8) { $0.isPathCharacter } }.joined(separator: "/")
    }

    /// Decodes a segment; nil when it is not one plain name.
    private static func segment(_ piece: some Collection<UInt8>) -> String? {
        guard !piece.contains(where: { "?#".utf8.contains($0) }), let bytes = URLText.decoded(piece),
            !bytes.contains(where: { $0.isControl || "/\\".utf8.contains($0) }),
            // Overlong encodings of dots and slashes are not valid UTF-8.
            let segment = String(validating: bytes, as: UTF8.self),
            !segment.unicodeScalars.contains(where: { 0x80...0x9F ~= $0.value }),
            !isEncoded(bytes), !isDots(bytes)
        else { return nil }
        return segment
    }

    /// Whether a decoded segment could be decoded again.
    private static func isEncoded(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast(2).contains { index in
            guard bytes[index] == UInt8(ascii: "%") else { return false }
            return HexadecimalDigit.value(bytes[index + 1]) != nil && HexadecimalDigit.value(bytes[index + 2]) != nil
        }
    }

    /// Whether a segment means this folder or its parent: some servers remove parameters (`..;x`) or trailing dots and
    /// spaces beforehand.
    private static func isDots(_ bytes: [UInt8]) -> Bool {
        let name = bytes.prefix { $0 != UInt8(ascii: ";") }
        return name.contains(UInt8(ascii: ".")) && name.allSatisfy { ". ".utf8.contains($0) }
    }
}
#endif
