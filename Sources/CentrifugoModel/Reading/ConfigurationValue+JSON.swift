import Foundation

extension ConfigurationValue {
    /// Reads JSON.
    package init(json: [UInt8]) throws(ConfigurationError) {
        var reader = JSONReader(json)
        self = try reader.document()
    }

    /// The value as JSON, with sorted keys.
    package var json: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .text(let text): String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
        case .list(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(ConfigurationValue.text($0).json):\($1.json)" }.sorted().joined(separator: ","))}"
        }
    }
}
