/// Texts by name, as an object or as a list of objects with `key` and `value`.
enum TextMap {
    static func value(_ value: ConfigurationValue, at path: OptionPath) throws(StartError) -> ConfigurationValue? {
        switch value {
        case .null: return nil
        case .object(let members):
            var texts: [String: ConfigurationValue] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                texts[name.lowercased()] = .text(try text(value, name, at: path))
            }
            return .object(texts)
        case .list(let elements):
            var texts: [String: ConfigurationValue] = [:]
            for element in elements {
                guard let name = element["key"]?.text?.lowercased(), let value = element["value"] else {
                    throw refusal(at: path, "an element of the list has no key or no value", fix: "give each both")
                }
                guard texts[name] == nil else {
                    throw StartError("twice", at: path, "\"\(name)\" is repeated in the list", fix: "keep one of them")
                }
                texts[name] = .text(try text(value, name, at: path))
            }
            return .object(texts)
        default:
            throw refusal(
                at: path,
                "it is \(value.kindName), but Centrifugo expects an object of texts",
                fix: "write an object, or a list of objects with key and value"
            )
        }
    }

    private static func text(
        _ value: ConfigurationValue,
        _ name: String,
        at path: OptionPath
    ) throws(StartError) -> String {
        guard let text = value.text else {
            throw refusal(
                at: path,
                "the value of \(name) is \(value.kindName), but Centrifugo expects a text",
                fix: name.contains(".") || !value.members.isEmpty
                    ? "write names with dots as a list of objects with key and value" : "put it in quotes"
            )
        }
        return text
    }

    private static func refusal(at path: OptionPath, _ problem: String, fix: String) -> StartError {
        StartError("wrong-type", at: path, problem, fix: fix)
    }
}
