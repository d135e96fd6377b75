import CProxyOracle
import Testing

/// One message of protobuf-c's code for `Protos/proxy.proto`.
struct Oracle {
    let index: Int

    static let names = (0..<proxy_oracle_message_count()).map { String(cString: proxy_oracle_message_name($0)) }

    /// Finds a message; fails the test if protobuf-c has none of that name.
    init(_ name: String) throws {
        index = try #require(
            Self.names.firstIndex(of: name),
            "protobuf-c has no message \(name); run Scripts/test: it generates Tests/CProxyOracle/Generated"
        )
    }

    /// A random message, packed.
    func randomBytes(seed: UInt64) -> [UInt8] {
        filled { proxy_oracle_pack_random(index, seed, $0, $1) } ?? []
    }

    /// The bytes unpacked and packed again, or `nil` if protobuf-c refuses them.
    func repack(_ bytes: [UInt8]) -> [UInt8]? {
        filled { proxy_oracle_repack(index, bytes, bytes.count, $0, $1) }
    }

    /// The path of the first field that is not set as in a sample.
    func firstFieldUnlikeSample(_ bytes: [UInt8]) -> String? {
        proxy_oracle_first_field_unlike_sample(index, bytes, bytes.count).map { String(cString: $0) }
    }

    /// Calls `fill` with a buffer, and again with a larger one if it returns a length above the capacity.
    private func filled(_ fill: (UnsafeMutablePointer<UInt8>, Int) -> Int) -> [UInt8]? {
        var capacity = 1024
        while true {
            var length = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                guard let start = buffer.baseAddress else {
                    return
                }
                length = fill(start, capacity)
                count = (0...capacity ~= length) ? length : 0
            }
            guard length > capacity else {
                return length < 0 ? nil : bytes
            }
            capacity = length
        }
    }
}
