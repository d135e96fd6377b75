package import ProtobufWire

// The messages of grpc.reflection.v1, which are the same in v1alpha.

/// Asks for a part of the schema.
package struct ReflectionRequest: Sendable, Equatable {
    /// The query: the proto's oneof `message_request`.
    package enum Query: Sendable, Equatable {
        case fileByFilename(String)
        case fileContainingSymbol(String)
        case fileContainingExtension(ReflectedExtension)
        case allExtensionNumbersOfType(String)
        case listServices(String)
    }

    /// The server's name, as the peer knows it.
    package var host = ""
    package var query: Query?

    package init(host: String = "", _ query: Query?) {
        self.host = host
        self.query = query
    }
}

extension ReflectionRequest: WireMessage {
    package static var wireName: StaticString { "ServerReflectionRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&host, "host")
        // The last field of a oneof applies; pieces of one message are merged.
        case 3: try readText("file_by_filename", from: &reader, as: Query.fileByFilename)
        case 4: try readText("file_containing_symbol", from: &reader, as: Query.fileContainingSymbol)
        case 5:
            var value: ReflectedExtension?
            if case .fileContainingExtension(let earlier) = query { value = earlier }
            try reader.read(&value, "file_containing_extension")
            if let value { query = .fileContainingExtension(value) }
        case 6: try readText("all_extension_numbers_of_type", from: &reader, as: Query.allExtensionNumbersOfType)
        case 7: try readText("list_services", from: &reader, as: Query.listServices)
        default: try reader.skip()
        }
    }

    private mutating func readText(
        _ name: StaticString,
        from reader: inout WireReader,
        as make: (String) -> Query
    ) throws(WireError) {
        guard reader.isLengthDelimited else { return try reader.skip() }
        var text = ""
        try reader.read(&text, name)
        query = make(text)
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(host, field: 1)
        // Written as a list of one, so that an empty value is written as well: in a oneof it differs from an absent
        // one.
        switch query {
        case .fileByFilename(let name): writer.write([name], field: 3)
        case .fileContainingSymbol(let symbol): writer.write([symbol], field: 4)
        case .fileContainingExtension(let value): writer.write(value, field: 5)
        case .allExtensionNumbersOfType(let type): writer.write([type], field: 6)
        case .listServices(let text): writer.write([text], field: 7)
        case nil: break
        }
    }
}

/// Identifies an extension: the proto's `ExtensionRequest`.
package struct ReflectedExtension: Sendable, Equatable {
    /// The extended message.
    package var containingType = ""
    package var number: Int32 = 0

    package init(containingType: String, number: Int32) {
        self.containingType = containingType
        self.number = number
    }
}

extension ReflectedExtension: WireMessage {
    package static var wireName: StaticString { "ExtensionRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&containingType, "containing_type")
        case 2: try reader.read(&self.number, "extension_number")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(containingType, field: 1)
        writer.write(number, field: 2)
    }
}
