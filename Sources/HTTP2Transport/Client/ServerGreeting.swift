/// Recognizes HTTP/2 by a server's first bytes: a SETTINGS frame (RFC 9113 §3.4).
struct ServerGreeting {
    private static let settings: UInt8 = 0x4
    /// The first bytes, up to the type of the first frame; nil once they have been checked.
    private var first: [UInt8]? = []

    /// Checks received bytes.
    /// - Returns: What the server speaks instead of HTTP/2, as the end of a sentence.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard var first else { return nil }
        first += bytes.prefix(4 - first.count)
        self.first = first.count < 4 ? first : nil
        // No server sends SETTINGS of 64 KiB or more, so the length begins with a zero.
        guard first.first.map({ $0 != 0 }) ?? false || (first.count == 4 && first[3] != Self.settings) else {
            return nil
        }
        switch first.first {
        case UInt8(ascii: "H"): return "the server speaks HTTP/1; call the address of a gRPC server"
        // RFC 8446 §5.1: an alert.
        case 0x15: return "the server speaks TLS; call it over TLS"
        default: return "the server does not speak HTTP/2; call the address of a gRPC server"
        }
    }
}
