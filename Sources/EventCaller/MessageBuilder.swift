import Foundation
import ProtobufWire

/// Builds a message from fields by their proto names.
struct MessageBuilder {
    let schema: MessageSchema
    private let all: ProxySchema
    /// Encoded fields by their numbers.
    private var encoded: [UInt32: [UInt8]] = [:]

    init(_ schema: MessageSchema, of all: ProxySchema) {
        self.schema = schema
        self.all = all
    }

    /// The encoded message, with fields in the order of their numbers.
    var wireBytes: [UInt8] {
        encoded.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// Whether the field was set.
    func has(_ name: String) -> Bool {
        schema.field(named: name).map { encoded[$0.number] != nil } ?? false
    }

    /// Sets a field from a text, or appends to it when it is a list; messages are given as JSON objects.
    ///
    /// An entry of a map is `labels.KEY`.
    mutating func set(_ name: String, _ text: String) throws(RequestError) {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, let field = schema.field(named: String(parts[0])), all.isMap(field) {
            return add(entry: String(parts[1]), text, to: field)
        }
        let field = try find(name)
        switch field.kind {
        case .message(let type):
            guard !all.isMap(field) else {
                throw RequestError("\(name) is a map: write \(name).KEY=VALUE.")
            }
            guard let json = try? JSONDecoder().decode(FieldJSON.self, from: Data(text.utf8)), case .object = json
            else {
                let fields = all.message(type).fields.map(\.name).joined(separator: ", ")
                throw RequestError("\(name) is a message: write a JSON object with \(fields).")
            }
            try set(field, json)
        default: try set(field, .scalar(text))
        }
    }

    private func find(_ name: String) throws(RequestError) -> FieldSchema {
        guard let field = schema.field(named: name) else {
            let names = schema.fields.map { all.isMap($0) ? "\($0.name).KEY" : $0.name }
            let type = schema.name.split(separator: ".").last ?? ""
            throw RequestError("\(type) has no field \"\(name)\": it has \(names.joined(separator: ", ")).")
        }
        return field
    }

    private mutating func set(_ field: FieldSchema, _ value: FieldJSON) throws(RequestError) {
        switch value {
        case .list(let values):
            guard field.isRepeated else { throw RequestError("\(field.name) takes one value, not a list.") }
            for value in values { try set(field, value) }
        case .object(let members):
            guard case .message(let type) = field.kind else {
                throw RequestError("\(field.name) does not take a JSON object.")
            }
            if all.isMap(field) {
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    guard case .scalar(let text) = value else {
                        throw RequestError("\(field.name).\(key) takes a text.")
                    }
                    add(entry: key, text, to: field)
                }
                return
            }
            var inner = MessageBuilder(all.message(type), of: all)
            for (name, value) in members { try inner.set(try inner.find(name), value) }
            keep(Self.delimited(inner.wireBytes, field.number), in: field)
        case .scalar(let text): keep(try Self.encode(text, field), in: field)
        }
    }

    private mutating func add(entry key: String, _ text: String, to field: FieldSchema) {
        encoded[field.number, default: []] += WireWriter.bytes { writer in
            let start = writer.openMessage(field: field.number)
            writer.write([key], field: 1)
            writer.write([text], field: 2)
            writer.closeMessage(from: start)
        }
    }

    private mutating func keep(_ bytes: [UInt8], in field: FieldSchema) {
        encoded[field.number] = field.isRepeated ? (encoded[field.number] ?? []) + bytes : bytes
    }

    private static func delimited(_ bytes: [UInt8], _ number: UInt32) -> [UInt8] {
        WireWriter.bytes { $0.write([bytes], field: number) }
    }

    private static func encode(_ text: String, _ field: FieldSchema) throws(RequestError) -> [UInt8] {
        var writer = WireWriter()
        switch field.kind {
        case .string where field.isRepeated: writer.write([text], field: field.number)
        case .string: writer.write(text, field: field.number)
        case .bytes: writer.write([UInt8](text.utf8), field: field.number)
        case .bool:
            guard let flag = Bool(text) else { throw RequestError("\(field.name) is true or false.") }
            writer.write(flag, field: field.number)
        case .int64: writer.write(try number(text, field) as Int64, field: field.number)
        case .uint64: writer.write(try number(text, field) as UInt64, field: field.number)
        case .int32: writer.write(try number(text, field) as Int32, field: field.number)
        case .uint32: writer.write(try number(text, field) as UInt32, field: field.number)
        case .message: throw RequestError("\(field.name) takes a JSON object.")
        }
        return writer.withUnsafeBytes { [UInt8]($0) }
    }

    private static func number<Number: FixedWidthInteger>(
        _ text: String,
        _ field: FieldSchema
    ) throws(RequestError) -> Number {
        guard let number = Number(text) else {
            throw RequestError("\(field.name) is a whole number from \(Number.min) to \(Number.max).")
        }
        return number
    }
}

extension ProxySchema {
    /// Whether a field is a map, which is a list of entries on the wire.
    func isMap(_ field: FieldSchema) -> Bool {
        guard case .message(let type) = field.kind else { return false }
        return message(type).isMapEntry
    }
}
