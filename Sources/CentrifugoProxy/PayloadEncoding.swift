import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the client of a request understands, and so where an answer's payloads go.
enum PayloadEncoding {
    /// JSON, in the plain fields.
    case json
    /// Bytes, as base64 in the `b64…` fields.
    case binary
    /// No client is asked about: the plain fields, unchanged.
    case none
}

/// A payload that cannot be sent: it would break every client that reads JSON.
struct UnsendablePayload: Error, CustomStringConvertible {
    let field: StaticString

    var description: String {
        "\(field) is not JSON, and the client speaks JSON: use Payload.json(_:) or Payload.text(_:)"
    }
}

extension PayloadEncoding {
    /// Moves a payload to where its encoding wants it, in the form it wants.
    func apply(to payload: inout Payload, base64: inout String, field: StaticString) throws(UnsendablePayload) {
        guard !payload.isEmpty else { return }
        switch self {
        case .json: payload = try Self.json(payload, field: field)
        case .binary:
            base64 = Data(payload.bytes).base64EncodedString()
            payload = .empty
        case .none: break
        }
    }

    /// The payload as a JSON client may have it.
    static func json(_ payload: Payload, field: StaticString) throws(UnsendablePayload) -> Payload {
        switch payload.content {
        case .json: return payload
        case .text(let text): return Payload(json: JSONText.quoted(text))
        case .bytes(let bytes):
            guard JSONText.isValid(bytes) else { throw UnsendablePayload(field: field) }
            return payload
        }
    }
}
