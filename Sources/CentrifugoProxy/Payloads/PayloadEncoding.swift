import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How the client of a request reads payloads: which fields of the answer they go into, and what they may contain.
///
/// A request's `encoding` alone does not tell: it comes from the proxy's configuration (`binary_encoding`) and says how
/// payloads are transferred. Whether the client reads JSON depends on its `protocol`.
enum PayloadEncoding {
    /// JSON, in the plain fields.
    case json
    /// The plain fields, for a client with protobuf: payloads that only this client reads may be any bytes.
    case protobuf
    /// Any bytes, as base64 in the `b64…` fields.
    case binary
    /// JSON, as base64 in the `b64…` fields.
    case binaryJSON
    /// The request has no client: the plain fields, unchanged.
    case none
}

extension ProxyRequest {
    /// How payloads are transferred in this request and in its answer.
    ///
    /// A property of the request, since an initializer of the encoding would copy the request.
    var payloadEncoding: PayloadEncoding {
        // An unknown protocol says nothing about the client, so only the encoding decides.
        switch (isBinary, `protocol`) {
        case (true, "json"): .binaryJSON
        case (true, _): .binary
        case (false, "protobuf"): .protobuf
        case (false, _): .json
        }
    }
}

/// The readers of a payload.
enum PayloadReader {
    /// Only the client that is answered.
    case client
    /// Other clients as well, with any protocol.
    case everybody
}

/// The payload cannot be sent: it would break every client that reads JSON.
struct AnswerPayloadError: Error, Equatable, CustomStringConvertible {
    let description: String

    static func notJSON(_ field: StaticString) -> Self {
        Self(
            description:
                "\(field) is not JSON, and clients with JSON read it: use Payload.json(_:) or Payload.text(_:)"
        )
    }

    static var metaIsNotAnObject: Self { Self(description: "meta is not a JSON object: use Payload.json(_:)") }
}

extension PayloadEncoding {
    /// Moves a payload into the field, and converts it to the form, that its encoding requires.
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

    /// Checks what is attached to a connection: a JSON object, whatever the client reads.
    static func checkMeta(_ meta: Payload) throws(AnswerPayloadError) {
        guard !meta.isEmpty else { return }
        let bytes = meta.bytes
        // RFC 8259 §2: the only space before a value.
        let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        guard first == UInt8(ascii: "{"), JSONSyntax.isValid(bytes) else { throw .metaIsNotAnObject }
    }

    /// The payload in the form for a JSON client.
    static func json(_ payload: Payload, field: StaticString) throws(AnswerPayloadError) -> Payload {
        if case .bytes(let bytes) = payload.content, !JSONSyntax.isValid(bytes) {
            throw .notJSON(field)
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
