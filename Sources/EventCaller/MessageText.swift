import CentrifugoProxy
import Foundation
import ProtobufWire

/// Writes received messages as JSON on one line, under their proto names.
///
/// Bytes that are JSON are printed as JSON, others as a base64 string. Absent fields are omitted, so that an empty
/// result differs from a missing one.
struct MessageText {
    let schema: ProxySchema

    /// The JSON of a message.
    func json(_ bytes: [UInt8], _ type: String) throws(WireError) -> String {
        try bytes.withUnsafeBufferPointer { (bytes) throws(WireError) in
            var reader = WireReader(UnsafeRawBufferPointer(bytes))
            return try json(&reader, schema.message(type))
        }
    }

    private func json(_ reader: inout WireReader, _ message: MessageSchema) throws(WireError) -> String {
        var values: [UInt32: [String]] = [:]
        while let number = try reader.nextField() {
            guard let field = message.field(number) else {
                try reader.skip()
                continue
            }
            let text = try value(&reader, field)
            values[number] = field.isRepeated ? (values[number] ?? []) + [text] : [text]
        }
        let fields = message.fields.compactMap { field in
            values[field.number].map { "\(Self.quoted(field.name)):\(combine($0, field))" }
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private func combine(_ texts: [String], _ field: FieldSchema) -> String {
        guard field.isRepeated else { return texts.last ?? "null" }
        let all = texts.joined(separator: ",")
        return schema.isMap(field) ? "{\(all)}" : "[\(all)]"
    }

    private func value(_ reader: inout WireReader, _ field: FieldSchema) throws(WireError) -> String {
        switch field.kind {
        case .string:
            var text = ""
            try reader.read(&text, "string")
            return Self.quoted(text)
        case .bytes:
            var bytes: [UInt8] = []
            try reader.read(&bytes, "bytes")
            return Self.text(of: bytes)
        case .bool:
            var flag = false
            try reader.read(&flag, "bool")
            return "\(flag)"
        case .int64: return "\(try number(&reader) as Int64)"
        case .int32: return "\(Int32(truncatingIfNeeded: try number(&reader)))"
        case .uint64: return "\(UInt64(bitPattern: try number(&reader)))"
        case .uint32: return "\(UInt32(truncatingIfNeeded: try number(&reader)))"
        case .message(let type):
            guard reader.isLengthDelimited else {
                try reader.skip()
                return "null"
            }
            let end = try reader.openMessage()
            defer { reader.closeMessage(end) }
            let inner = schema.message(type)
            if inner.isMapEntry { return try entry(&reader, inner) }
            if let wrapped = inner.wrapped { return try self.wrapped(&reader, wrapped) }
            return try json(&reader, inner)
        }
    }

    private func number(_ reader: inout WireReader) throws(WireError) -> Int64 {
        var number: Int64 = 0
        try reader.read(&number, "number")
        return number
    }

    /// `"KEY":VALUE`; an absent key or value has its default (protobuf encoding guide, "Maps").
    private func entry(_ reader: inout WireReader, _ message: MessageSchema) throws(WireError) -> String {
        var key = "\"\""
        var text: String?
        while let number = try reader.nextField() {
            switch (number, message.field(number)) {
            case (1, let field?): key = try value(&reader, field)
            case (2, let field?): text = try value(&reader, field)
            default: try reader.skip()
            }
        }
        guard case .message? = message.field(2)?.kind else { return "\(key):\(text ?? "\"\"")" }
        return "\(key):\(text ?? "{}")"
    }

    private func wrapped(_ reader: inout WireReader, _ field: FieldSchema) throws(WireError) -> String {
        var text = field.kind == .bool ? "false" : "0"
        while let number = try reader.nextField() {
            if number == field.number { text = try value(&reader, field) } else { try reader.skip() }
        }
        return text
    }

    private static func text(of bytes: [UInt8]) -> String {
        guard JSONSyntax.isValid(bytes) else { return quoted(Data(bytes).base64EncodedString()) }
        // Line breaks in JSON are never inside strings.
        return String(decoding: bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONSyntax.quoted(text), as: UTF8.self)
    }
}
