/// Reads a pattern's characters one after the other.
struct PatternReader {
    let pattern: String
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ pattern: String) {
        self.pattern = pattern
        bytes = Array(pattern.utf8)
    }

    /// The next character, not consumed yet; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take() -> UInt8? {
        guard let byte = next else { return nil }
        position += 1
        return byte
    }

    /// Consumes the next character if it is this one.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The first character that no channel can have.
    var firstForeignByte: Int? {
        bytes.firstIndex { !ASCIISet.printable.contains($0) }
    }

    /// An error that names the position: that of the last consumed character, or `index`.
    func failure(_ problem: String, at index: Int? = nil) -> TopicError {
        let place = max(0, min(index ?? position - 1, bytes.count - 1)) + 1
        // A hostile pattern must not become a log line of megabytes.
        let shown = bytes.count > 255 ? "\(String(decoding: bytes.prefix(64), as: UTF8.self))…" : pattern
        return TopicError(.invalidPattern, "Invalid topic pattern \"\(shown)\" at character \(place): \(problem).")
    }
}
