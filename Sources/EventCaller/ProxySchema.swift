import CentrifugoProxy
import ProtobufWire

/// All messages and methods of proxy.proto, read from its descriptor.
///
/// Requests are encoded and answers decoded by it, so that every field is available under its proto name, including
/// those of later versions.
struct ProxySchema: Sendable {
    struct Method: Sendable {
        var name = ""
        var input = ""
        var output = ""
        var streamsRequests = false
        var streamsAnswers = false
    }

    static let proxy: ProxySchema = {
        do {
            return try ProxyDescriptor.bytes.withUnsafeBytes { try ProxySchema($0) }
        } catch {
            preconditionFailure("the descriptor of proxy.proto is malformed: \(error)")
        }
    }()

    private(set) var messages: [String: MessageSchema] = [:]
    private(set) var methods: [String: Method] = [:]

    /// Reads a serialised FileDescriptorProto.
    init(_ descriptor: UnsafeRawBufferPointer) throws(WireError) {
        var reader = WireReader(descriptor)
        var packageName = ""
        while let field = try reader.nextField() {
            switch field {
            case 2: try reader.read(&packageName, "package")
            case 4:
                let end = try reader.openMessage()
                try addMessage(from: &reader, scope: packageName)
                reader.closeMessage(end)
            case 6:
                let end = try reader.openMessage()
                try addMethods(from: &reader)
                reader.closeMessage(end)
            default: try reader.skip()
            }
        }
    }

    /// The schema of a message by its name in a method or field.
    func message(_ name: String) -> MessageSchema {
        messages[name] ?? MessageSchema(name: name)
    }

    func method(_ event: ProxyEvent) -> Method {
        methods[event.methodName] ?? Method(name: event.methodName)
    }

    private mutating func addMessage(from reader: inout WireReader, scope: String) throws(WireError) {
        var message = MessageSchema()
        while let field = try reader.nextField() {
            switch field {
            case 1:
                var name = ""
                try reader.read(&name, "name")
                message.name = "\(scope).\(name)"
            case 2:
                let end = try reader.openMessage()
                if let field = try FieldSchema(from: &reader) { message.fields.append(field) }
                reader.closeMessage(end)
            case 3:
                let end = try reader.openMessage()
                try addMessage(from: &reader, scope: message.name)
                reader.closeMessage(end)
            case 7:
                let end = try reader.openMessage()
                while let option = try reader.nextField() {
                    if option == 7 { try reader.read(&message.isMapEntry, "map_entry") } else { try reader.skip() }
                }
                reader.closeMessage(end)
            default: try reader.skip()
            }
        }
        messages[message.name] = message
    }

    private mutating func addMethods(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.nextField() {
            guard field == 2 else {
                try reader.skip()
                continue
            }
            var method = Method()
            let end = try reader.openMessage()
            while let field = try reader.nextField() {
                switch field {
                case 1: try reader.read(&method.name, "name")
                case 2: try reader.read(&method.input, "input_type")
                case 3: try reader.read(&method.output, "output_type")
                case 5: try reader.read(&method.streamsRequests, "client_streaming")
                case 6: try reader.read(&method.streamsAnswers, "server_streaming")
                default: try reader.skip()
                }
            }
            reader.closeMessage(end)
            // Full names begin with a dot.
            method.input.removeFirst()
            method.output.removeFirst()
            methods[method.name] = method
        }
    }
}
