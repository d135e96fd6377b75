import ProtobufWire

/// A field's declaration (google/protobuf/descriptor.proto, FieldDescriptorProto).
struct FieldSchema: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case string
        case bytes
        case bool
        case int64
        case uint64
        case int32
        case uint32
        /// A message, by its full name.
        case message(String)
    }

    let name: String
    let number: UInt32
    let kind: Kind
    let isRepeated: Bool

    /// Reads the field's declaration from the reader; nil for a type that proxy.proto does not use.
    init?(from reader: inout WireReader) throws(WireError) {
        var name = ""
        var number: Int32 = 0
        var label: Int32 = 0
        var type: Int32 = 0
        var typeName = ""
        while let field = try reader.nextField() {
            switch field {
            case 1: try reader.read(&name, "name")
            case 3: try reader.read(&number, "number")
            case 4: try reader.read(&label, "label")
            case 5: try reader.read(&type, "type")
            case 6: try reader.read(&typeName, "type_name")
            default: try reader.skip()
            }
        }
        guard let kind = Self.kind(type, typeName) else { return nil }
        self.name = name
        self.number = UInt32(number)
        self.kind = kind
        isRepeated = label == 3  // LABEL_REPEATED
    }

    private static func kind(_ type: Int32, _ typeName: String) -> Kind? {
        switch type {
        case 3: .int64
        case 4: .uint64
        case 5: .int32
        case 8: .bool
        case 9: .string
        case 11: .message(String(typeName.dropFirst()))
        case 12: .bytes
        case 13: .uint32
        default: nil
        }
    }
}

/// A message's declaration (DescriptorProto).
struct MessageSchema: Sendable {
    var name = ""
    var fields: [FieldSchema] = []
    /// Whether it represents the entries of a map.
    var isMapEntry = false

    func field(named name: String) -> FieldSchema? {
        fields.first { $0.name == name }
    }

    func field(_ number: UInt32) -> FieldSchema? {
        fields.first { $0.number == number }
    }

    /// The only field of a message that makes a scalar optional, such as `BoolValue`.
    var wrapped: FieldSchema? {
        name.hasSuffix("Value") && fields.count == 1 ? field(named: "value") : nil
    }
}
