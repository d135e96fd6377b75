/// JSON for the fields of a message, with scalars as text.
enum FieldJSON: Decodable {
    case scalar(String)
    case list([FieldJSON])
    case object([String: FieldJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .scalar("\(flag)")
        } else if let number = try? container.decode(Int64.self) {
            self = .scalar("\(number)")
        } else if let number = try? container.decode(UInt64.self) {
            self = .scalar("\(number)")
        } else if let list = try? container.decode([FieldJSON].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: FieldJSON].self))
        }
    }
}
