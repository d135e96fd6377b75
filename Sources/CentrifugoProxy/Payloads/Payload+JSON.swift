#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A client's payload differs from what the handler expects.
///
/// If a handler throws it, the request is refused with `CentrifugoError.badRequest`.
public struct PayloadError: Error, CustomStringConvertible {
    /// What is wrong, for the log.
    public let description: String
}

extension PayloadError {
    /// The error for a message that is larger than peers accept.
    static func tooLarge(_ length: Int, limit: Int) -> PayloadError {
        PayloadError(description: "a message of \(length) bytes is larger than the limit of \(limit) bytes")
    }
}

extension PayloadRequest {
    /// The data that the client sent, in whichever field and encoding it arrived.
    ///
    /// - Throws: `PayloadError` when Centrifugo sent something that is not base64.
    public var payload: Payload {
        get throws {
            guard isBinary || data.isEmpty, !b64data.isEmpty else { return .bytes(data) }
            guard let decoded = Data(base64Encoded: b64data) else {
                throw PayloadError(description: "b64data is not base64")
            }
            return .bytes([UInt8](decoded))
        }
    }
}

extension Payload {
    /// Decodes the payload as JSON.
    ///
    /// - Throws: `PayloadError` when it is not JSON, or cannot be decoded as `type`.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw PayloadError(description: "the payload is not the JSON of \(type): \(error)")
        }
    }

    /// The payload as text; nil when it is not UTF-8.
    public var text: String? {
        String(validating: bytes, as: UTF8.self)
    }

    /// Encodes a value as a JSON payload.
    ///
    /// - Throws: What the value's `encode(to:)` throws, or `EncodingError`.
    public static func json(_ value: some Encodable) throws -> Payload {
        Payload(json: [UInt8](try JSONEncoder().encode(value)))
    }
}
