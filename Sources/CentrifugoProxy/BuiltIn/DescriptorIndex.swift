import GRPCCall
import ProtobufWire

/// Finds proto files by their name and by the symbols that they declare.
struct DescriptorIndex: Sendable {
    /// A symbol that a file declares.
    struct Symbol: Sendable {
        let kind: Declaration
        /// The serialised descriptor of its file.
        let file: [UInt8]
    }

    private var files: [String: [UInt8]] = [:]
    private var symbols: [String: Symbol] = [:]
    /// The full names of all services, sorted.
    private(set) var services: [String] = []

    /// Indexes files that import nothing.
    ///
    /// - Parameter descriptors: Serialised `google.protobuf.FileDescriptorProto` messages, in base64.
    init(_ descriptors: [String]) {
        for text in descriptors {
            guard let file = [UInt8](text.utf8).withUnsafeBytes({ Base64.decode($0) }) else {
                preconditionFailure("a descriptor that Scripts/generate-descriptors wrote is not base64")
            }
            do {
                try add(file)
            } catch {
                preconditionFailure("a descriptor that Scripts/generate-descriptors wrote is malformed: \(error)")
            }
        }
        services = symbols.filter { $0.value.kind == .service }.keys.sorted()
    }

    /// The serialised descriptor of a file.
    func file(named name: String) -> [UInt8]? {
        files[name]
    }

    /// The symbol with a full name, given without a leading dot.
    func symbol(named name: String) -> Symbol? {
        symbols[name]
    }

    private mutating func add(_ file: [UInt8]) throws {
        try file.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            try add(.file, from: &reader, scope: "", file: file)
        }
    }

    /// Adds the declaration that the reader is in, and the declarations nested in it.
    ///
    /// protoc writes fields in the order of their numbers, so a name is known before the declarations under it.
    private mutating func add(
        _ kind: Declaration,
        from reader: inout WireReader,
        scope: String,
        file: [UInt8]
    ) throws(WireError) {
        var name = ""
        var inner = scope
        while let number = try reader.nextField() {
            if number == 1 {
                try reader.read(&name, "name")
                switch kind {
                case .file: files[name] = file
                default:
                    let fullName = scope.isEmpty ? name : "\(scope).\(name)"
                    symbols[fullName] = Symbol(kind: kind, file: file)
                    // The values of an enum are its siblings, not its children (protobuf language guide).
                    if kind != .enumeration { inner = fullName }
                }
            } else if kind == .file, number == 2 {
                try reader.read(&inner, "package")
            } else if let child = kind.child(in: number) {
                let outerEnd = try reader.openMessage()
                try add(child, from: &reader, scope: inner, file: file)
                reader.closeMessage(outerEnd)
            } else {
                try reader.skip()
            }
        }
    }
}

/// The kinds of declarations, and where a file's descriptor holds them (google/protobuf/descriptor.proto).
enum Declaration: Sendable {
    case file
    case message
    case field
    case oneof
    case enumeration
    case enumValue
    case service
    case method

    /// The kind of declaration in a field of this descriptor; nil when the field declares nothing.
    func child(in number: UInt32) -> Declaration? {
        switch (self, number) {
        case (.file, 4), (.message, 3): .message
        case (.file, 5), (.message, 4): .enumeration
        case (.file, 6): .service
        case (.message, 2): .field
        case (.message, 8): .oneof
        case (.enumeration, 2): .enumValue
        case (.service, 2): .method
        default: nil
        }
    }
}
