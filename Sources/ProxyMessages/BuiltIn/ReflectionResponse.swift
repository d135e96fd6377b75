package import ProtobufWire

/// Answers a reflection request.
package struct ReflectionResponse: Sendable, Equatable {
    /// The answer: the proto's oneof `message_response`.
    package enum Content: Sendable, Equatable {
        case files(ReflectedFiles)
        case extensionNumbers(ReflectedExtensionNumbers)
        case services(ReflectedServices)
        case failure(ReflectionFailure)
    }

    /// The request's `host`.
    package var validHost = ""
    package var originalRequest: ReflectionRequest?
    package var content: Content?

    package init(to request: ReflectionRequest, _ content: Content) {
        validHost = request.host
        originalRequest = request
        self.content = content
    }
}

extension ReflectionResponse: WireMessage {
    package static var wireName: StaticString { "ServerReflectionResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&validHost, "valid_host")
        case 2: try reader.read(&originalRequest, "original_request")
        case 4:
            var value: ReflectedFiles?
            if case .files(let earlier) = content { value = earlier }
            try reader.read(&value, "file_descriptor_response")
            if let value { content = .files(value) }
        case 5:
            var value: ReflectedExtensionNumbers?
            if case .extensionNumbers(let earlier) = content { value = earlier }
            try reader.read(&value, "all_extension_numbers_response")
            if let value { content = .extensionNumbers(value) }
        case 6:
            var value: ReflectedServices?
            if case .services(let earlier) = content { value = earlier }
            try reader.read(&value, "list_services_response")
            if let value { content = .services(value) }
        case 7:
            var value: ReflectionFailure?
            if case .failure(let earlier) = content { value = earlier }
            try reader.read(&value, "error_response")
            if let value { content = .failure(value) }
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(validHost, field: 1)
        writer.write(originalRequest, field: 2)
        switch content {
        case .files(let value): writer.write(value, field: 4)
        case .extensionNumbers(let value): writer.write(value, field: 5)
        case .services(let value): writer.write(value, field: 6)
        case .failure(let value): writer.write(value, field: 7)
        case nil: break
        }
    }
}

/// Serialised descriptors of a file and of its imports: the proto's `FileDescriptorResponse`.
package struct ReflectedFiles: Sendable, Equatable {
    package var descriptors: [[UInt8]] = []

    package init(_ descriptors: [[UInt8]]) {
        self.descriptors = descriptors
    }
}

extension ReflectedFiles: WireMessage {
    package static var wireName: StaticString { "FileDescriptorResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&descriptors, "file_descriptor_proto")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(descriptors, field: 1)
    }
}

/// The extensions of a message: the proto's `ExtensionNumberResponse`.
///
/// No message here has extensions, so the list `extension_number` is always absent.
package struct ReflectedExtensionNumbers: Sendable, Equatable {
    package var baseTypeName = ""

    package init(baseTypeName: String) {
        self.baseTypeName = baseTypeName
    }
}

extension ReflectedExtensionNumbers: WireMessage {
    package static var wireName: StaticString { "ExtensionNumberResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&baseTypeName, "base_type_name")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(baseTypeName, field: 1)
    }
}

/// The server's services: the proto's `ListServiceResponse`.
package struct ReflectedServices: Sendable, Equatable {
    /// The proto's `ServiceResponse`.
    package struct Service: Sendable, Equatable {
        package var name = ""

        package init(name: String) {
            self.name = name
        }
    }

    package var services: [Service] = []

    package init(_ names: [String]) {
        services = names.map { Service(name: $0) }
    }
}

extension ReflectedServices: WireMessage {
    package static var wireName: StaticString { "ListServiceResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&services, "service")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(services, field: 1)
    }
}

extension ReflectedServices.Service: WireMessage {
    package static var wireName: StaticString { "ServiceResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&name, "name")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(name, field: 1)
    }
}

/// Why a request cannot be answered: the proto's `ErrorResponse`.
package struct ReflectionFailure: Sendable, Equatable {
    /// A gRPC status code.
    package var code: Int32 = 0
    package var message = ""

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }
}

extension ReflectionFailure: WireMessage {
    package static var wireName: StaticString { "ErrorResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&code, "error_code")
        case 2: try reader.read(&message, "error_message")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(code, field: 1)
        writer.write(message, field: 2)
    }
}
