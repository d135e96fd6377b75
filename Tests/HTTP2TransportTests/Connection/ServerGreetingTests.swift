import Testing

@testable import HTTP2Transport

@Suite struct ServerGreetingTests {
    private static let settings: [UInt8] = [0, 0, 6, 4, 0, 0, 0, 0, 0]

    /// The result for bytes that arrive in portions of this size.
    private static func mistake(_ bytes: [UInt8], by size: Int) -> String? {
        var greeting = ServerGreeting()
        for start in stride(from: 0, to: bytes.count, by: size) {
            let portion = bytes[start..<min(start + size, bytes.count)]
            if let mistake = portion.withUnsafeBytes({ greeting.read($0) }) { return mistake }
        }
        return nil
    }

    @Test("recognizes SETTINGS as HTTP/2, and ignores what follows", arguments: [1, 3, 4, 100])
    func settings(size: Int) {
        #expect(Self.mistake(Self.settings + Array("HTTP/1.1 what comes later".utf8), by: size) == nil)
    }

    @Test(
        "names a server's other protocol",
        arguments: [
            (Array("HTTP/1.1 400 Bad Request".utf8), "the server speaks HTTP/1; call the address of a gRPC server"),
            ([0x15, 3, 3, 0, 2, 2, 70], "the server speaks TLS; call it over TLS"),
            (Array("+OK".utf8), "the server does not speak HTTP/2; call the address of a gRPC server"),
            ([0, 0, 0, 0], "the server does not speak HTTP/2; call the address of a gRPC server"),
            // PING, which must not be the first frame.
            ([0, 0, 8, 6], "the server does not speak HTTP/2; call the address of a gRPC server"),
        ]
    )
    func others(bytes: [UInt8], sentence: String) {
        for size in [1, 3, 100] { #expect(Self.mistake(bytes, by: size) == sentence) }
    }

    @Test("waits for as many bytes as it needs")
    func short() {
        #expect(Self.mistake([0, 0, 6], by: 1) == nil)
    }
}
