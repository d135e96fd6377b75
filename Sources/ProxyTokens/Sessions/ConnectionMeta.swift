#if Tokens
import CentrifugoProxy

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON object that Centrifugo keeps with a connection and hands to later calls, with a token's reference in it.
enum ConnectionMeta {
    /// The object of the application with the reference added under a key.
    ///
    /// - Throws: ``ConnectionMetaError`` when it is no JSON object, or has the key already.
    static func adding(_ reference: String, under key: String, to payload: Payload) throws -> [UInt8] {
        let field = try JSONEncoder().encode([key: reference])
        guard !payload.isEmpty else { return [UInt8](field) }
        let bytes = payload.bytes
        guard let fields = try? JSONDecoder().decode(StringFields.self, from: Data(bytes)),
            let opening = bytes.firstIndex(of: UInt8(ascii: "{"))
        else {
            throw ConnectionMetaError(description: "the meta of a connection must be a JSON object")
        }
        guard !fields.keys.contains(key) else {
            throw ConnectionMetaError(description: "the meta of a connection has '\(key)', where the token goes")
        }
        guard !fields.keys.isEmpty else { return [UInt8](field) }
        // The application's bytes stay as they are: decoding and encoding them again might change its numbers.
        return [UInt8](field.dropLast()) + [UInt8(ascii: ",")] + bytes[(opening + 1)...]
    }

    /// The reference in the object of a request; nil when there is none.
    static func reference(in meta: [UInt8], under key: String) -> String? {
        (try? JSONDecoder().decode(StringFields.self, from: Data(meta)))?[key]
    }
}

/// An application's `meta` that cannot be sent, for the log; the call fails.
public struct ConnectionMetaError: Error, CustomStringConvertible {
    /// What is wrong.
    public let description: String
}
#endif
