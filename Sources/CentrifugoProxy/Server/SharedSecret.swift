import GRPCCall

/// The secret that peers must send: a metadata key, and the accepted values.
///
/// Centrifugo sends it by its options `credentials_key` and `credentials_value`. A call must have exactly one value for
/// the key: if Centrifugo also forwards a client's header of that name, there are two. Values are compared in constant
/// time and never shown.
public struct SharedSecret: Sendable {
    /// Whether health checks need the secret as well; probes rarely can send one.
    public var coversHealth = false
    private let key: String
    private let values: [[UInt8]]

    /// Makes a secret with several accepted values, so that one can be replaced while peers still send another.
    ///
    /// - Parameters:
    ///   - metadataKey: The metadata key, in any case.
    ///   - values: The accepted values.
    /// - Throws: ``ProxyServerError`` when no peer could ever send it, or every peer would.
    public init(metadataKey: String, values: [String]) throws {
        guard metadataKey.utf8.allSatisfy(\.isMetadataKeyCharacter), !metadataKey.isEmpty else {
            throw Self.invalid("\"\(metadataKey)\" is not a metadata key; use letters, digits and -_. only")
        }
        let key = metadataKey.lowercased()
        guard !key.hasPrefix("grpc-"), !key.hasSuffix("-bin"), !Self.reserved.contains(key) else {
            throw Self.invalid("the metadata key \(key) has a meaning in gRPC; choose another one")
        }
        guard !values.isEmpty, values.allSatisfy({ !$0.isEmpty }) else {
            throw Self.invalid("a value is missing or empty; give at least one, hard to guess")
        }
        guard values.allSatisfy({ $0.first != " " && $0.last != " " && $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } })
        else {
            throw Self.invalid(
                "metadata cannot carry one of the values; use printable ASCII without leading or trailing spaces"
            )
        }
        self.key = key
        self.values = values.map { Array($0.utf8) }
    }

    // Headers of HTTP/2 and gRPC themselves, which handlers never see as metadata.
    private static let reserved: Set = ["connection", "content-type", "host", "te", "user-agent"]

    private static func invalid(_ reason: String) -> ProxyServerError {
        ProxyServerError(.invalidConfiguration, "Invalid shared secret: \(reason).")
    }

    /// Whether a call's metadata has exactly one value for the key, and one that is accepted.
    func accepts(_ metadata: Metadata) -> Bool {
        var count = 0
        var isAccepted = false
        metadata.forEachValue(of: key) { received in
            count += 1
            for value in values where Self.areEqual(received, value) { isAccepted = true }
        }
        return count == 1 && isAccepted
    }

    /// Compares in a time that depends only on the length of the received bytes.
    package static func areEqual(_ received: UnsafeRawBufferPointer, _ secret: [UInt8]) -> Bool {
        var difference = received.count ^ secret.count
        var position = 0
        for byte in received {
            difference |= Int(byte ^ secret[position])
            position = position + 1 == secret.count ? 0 : position + 1
        }
        return difference == 0
    }
}

extension SharedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key and how many values are accepted.
    public var description: String { "SharedSecret(\(key), \(values.count) values)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows only the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension UInt8 {
    fileprivate var isMetadataKeyCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
