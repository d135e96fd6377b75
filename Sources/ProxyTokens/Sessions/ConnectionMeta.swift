#if Tokens
package import CentrifugoProxy

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON object that Centrifugo keeps with a connection and sends with later calls; it contains the token's
/// reference.
package enum ConnectionMeta {
    /// The application's object with a value added under a key, such as the token's reference.
    ///
    /// - Throws: ``ConnectionMetaError`` when it is not a JSON object, or already has the key.
    package static func adding(_ value: some Encodable, under key: String, to payload: Payload) throws -> Payload {
        let field = try JSONEncoder().encode([key: value])
        guard !payload.isEmpty else { return .bytes([UInt8](field)) }
        let bytes = payload.bytes
        guard let fields = try? JSONDecoder().decode(StringFields.self, from: Data(bytes)),
            let opening = bytes.firstIndex(of: UInt8(ascii: "{"))
        else {
            throw ConnectionMetaError(description: "the meta of a connection must be a JSON object")
        }
        guard !fields.keys.contains(key) else {
            throw ConnectionMetaError(description: "a connection's meta already has '\(key)', which is this server's")
        }
        guard !fields.keys.isEmpty else { return .bytes([UInt8](field)) }
        // The application's bytes stay unchanged, since decoding and encoding them might change numbers.
        return .bytes([UInt8](field.dropLast()) + [UInt8(ascii: ",")] + bytes[(opening + 1)...])
    }

    /// The reference in the object of a request; nil without one.
    static func reference(in meta: Payload, under key: String) -> String? {
        (try? meta.decode(StringFields.self))?[key]
    }
}

/// The application's `meta` cannot be sent; the call fails, and the log says why.
public struct ConnectionMetaError: Error, CustomStringConvertible {
    /// What is wrong.
    public let description: String
}
#endif
