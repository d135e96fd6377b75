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
        if type == JSONValue.self, let value = try json as? Value { return value }
        let bytes = self.bytes
        let decoder = JSONDecoder()
        if JSONSource.isNeeded(for: bytes), let key = JSONSource.key { decoder.userInfo[key] = JSONSource(bytes) }
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw PayloadError(description: "the payload is not the JSON of \(type): \(error)")
        }
    }

    /// The payload as any JSON, with all digits of its numbers.
    ///
    /// - Throws: `PayloadError`, which refuses the request with error 400: for what is not JSON (an empty payload is
    ///   not), for more than 512 levels, for an object with the same name twice, and for half of a pair of `\u`
    ///   escapes.
    public var json: JSONValue {
        get throws { try JSONValueReader.value(of: bytes) }
    }

    /// The same payload, known to be JSON: what a handler answers with when it returns a client's data unchanged.
    ///
    /// As `.bytes(…)`, data that is not JSON would end the call with INTERNAL after the handler.
    ///
    /// - Throws: `PayloadError`, which refuses the request with error 400, for what is not JSON and for more than 512
    ///   levels.
    public var validJSON: Payload {
        get throws {
            if case .json = content { return self }
            let bytes = self.bytes
            try Self.checkJSON(bytes)
            return Payload(json: bytes)
        }
    }

    static func checkJSON(_ bytes: [UInt8]) throws(PayloadError) {
        guard JSONSyntax.isValid(bytes) else {
            throw PayloadError(description: "the payload is not JSON, or has more than \(JSONSyntax.deepest) levels")
        }
    }

    /// The payload as text; nil when it is not UTF-8.
    public var text: String? {
        String(validating: bytes, as: UTF8.self)
    }

    /// Encodes a value as a JSON payload.
    ///
    /// A ``JSONValue`` is written with all digits of its numbers.
    ///
    /// - Throws: What the value's `encode(to:)` throws, or `EncodingError`; `PayloadError` for a ``JSONValue`` with more
    ///   than 512 levels.
    public static func json<Value: Encodable>(_ value: Value) throws -> Payload {
        if Value.self == JSONValue.self, let value = value as? JSONValue { return Payload(json: try value.text()) }
        return Payload(json: [UInt8](try JSONEncoder().encode(value)))
    }
}
