import CentrifugoProxy
import Foundation

/// All fields of a request as JSON under their names: bytes in base64, the payload as `data`.
struct RequestEcho: Encodable {
    private enum Field: Encodable {
        case text(String)
        case list([String])
        case map([String: String])

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .text(let text): try text.encode(to: encoder)
            case .list(let list): try list.encode(to: encoder)
            case .map(let map): try map.encode(to: encoder)
            }
        }
    }

    private var fields: [String: Field] = [:]

    /// Takes the fields from the request's own properties, so that none can be forgotten.
    init(_ request: some Any) {
        for case (let name?, let value) in Mirror(reflecting: request).children {
            switch value {
            case let text as String: fields[name] = .text(text)
            case let bytes as [UInt8]: fields[name] = .text(Data(bytes).base64EncodedString())
            case let payload as Payload: fields[name] = .text(Data(payload.bytes).base64EncodedString())
            case let list as [String]: fields[name] = .list(list)
            case let map as [String: String]: fields[name] = .map(map)
            default: break
            }
        }
    }

    /// The payload as handlers get it, whichever field it arrived in.
    init(_ request: some PayloadRequest) throws {
        self.init(request as Any)
        fields["b64data"] = nil
        fields["data"] = .text(Data(try request.payload.bytes).base64EncodedString())
    }

    func encode(to encoder: any Encoder) throws {
        try fields.encode(to: encoder)
    }
}
