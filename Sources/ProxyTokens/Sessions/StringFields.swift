#if Tokens
import CentrifugoProxy

/// The texts of a JSON object, by their keys; its other values are read over.
struct StringFields: Decodable {
    /// The keys of the object, whatever their values are; of keys that are equal for Swift the decoder keeps one.
    let keys: Set<String>
    private let texts: [ExactText: String]

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: AnyCodingKey.self)
        keys = Set(object.allKeys.map(\.stringValue))
        texts = object.allKeys.reduce(into: [:]) { texts, key in
            texts[ExactText(key.stringValue)] = try? object.decode(String.self, forKey: key)
        }
    }

    /// The text of a key; nil when there is none, or something else.
    subscript(key: String) -> String? { texts[ExactText(key)] }
}
#endif
