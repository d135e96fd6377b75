#if Tokens
import CentrifugoProxy

/// The texts in a JSON object, by their keys; other values are skipped.
struct StringFields: Decodable {
    /// All keys of the object; of keys that Swift considers equal, the decoder keeps one.
    let keys: Set<String>
    private let texts: [ExactText: String]

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: AnyCodingKey.self)
        keys = Set(object.allKeys.map(\.stringValue))
        texts = object.allKeys.reduce(into: [:]) { texts, key in
            texts[ExactText(key.stringValue)] = try? object.decode(String.self, forKey: key)
        }
    }

    /// The text of a key; nil without one, and for any other value.
    subscript(key: String) -> String? { texts[ExactText(key)] }
}
#endif
