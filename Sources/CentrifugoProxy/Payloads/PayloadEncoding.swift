import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the client of a request reads, and so where an answer's payloads go and what they may be.
///
/// A request's `encoding` alone does not tell: it is the proxy's configuration (`binary_encoding`) and says how payloads
/// travel. Whether the client reads JSON is its `protocol`'s business.
enum PayloadEncoding {
    /// JSON, in the plain fields.
    case json
    /// The plain fields, for a client with protobuf: what nobody else reads may be any bytes.
    case protobuf
    /// Any bytes, as base64 in the `b64…` fields.
    case binary
    /// JSON, as base64 in the `b64…` fields.
    case binaryJSON
    /// No client is asked about: the plain fields, unchanged.
    case none
}

extension ProxyRequest {
    /// How payloads travel in this request and in its answer.
    ///
    /// A property here and no initializer there, which would take a copy of the request: 2 % of a call.
    var payloadEncoding: PayloadEncoding {
        // A protocol that is not known says nothing: the encoding is taken at its word.
        switch (isBinary, `protocol`) {
        case (true, "json"): .binaryJSON
        case (true, _): .binary
        case (false, "protobuf"): .protobuf
        case (false, _): .json
        }
    }
}

/// Who reads a payload.
enum PayloadReader {
    /// The client that is answered, and nobody else.
    case client
    /// Other clients as well, whatever they speak.
    case everybody
}

/// A payload that cannot be sent: it would break every client that reads JSON.
struct AnswerPayloadError: Error, CustomStringConvertible {
    let field: StaticString

    var description: String {
        "\(field) is not JSON, and clients with JSON read it: use Payload.json(_:) or Payload.text(_:)"
    }
}

extension PayloadEncoding {
    /// Moves a payload to where its encoding wants it, in the form it wants.
    func apply(
        to payload: inout Payload,
        base64: inout String,
        field: StaticString,
        readBy reader: PayloadReader = .everybody
    ) throws(AnswerPayloadError) {
        guard !payload.isEmpty else { return }
        switch self {
        case .protobuf where reader == .client: payload = Self.quoted(payload)
        case .json, .protobuf: payload = try Self.json(payload, field: field)
        case .binary: Self.move(&payload, to: &base64)
        case .binaryJSON:
            payload = try Self.json(payload, field: field)
            Self.move(&payload, to: &base64)
        case .none: break
        }
    }

    /// The payload of a publication in a client's own stream, which has no base64.
    func publicationData(_ payload: Payload) throws(AnswerPayloadError) -> Payload {
        switch self {
        case .json, .binaryJSON: try Self.json(payload, field: "data")
        case .protobuf: Self.quoted(payload)
        case .binary, .none: payload
        }
    }

    /// The payload as a JSON client may have it.
    static func json(_ payload: Payload, field: StaticString) throws(AnswerPayloadError) -> Payload {
        if case .bytes(let bytes) = payload.content, !JSONSyntax.isValid(bytes) {
            throw AnswerPayloadError(field: field)
        }
        return quoted(payload)
    }

    /// The payload with text as a JSON string.
    static func quoted(_ payload: Payload) -> Payload {
        guard case .text(let text) = payload.content else { return payload }
        return Payload(json: JSONSyntax.quoted(text))
    }

    private static func move(_ payload: inout Payload, to base64: inout String) {
        base64 = Data(payload.bytes).base64EncodedString()
        payload = .empty
    }
}
