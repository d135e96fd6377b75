import GRPCCall
import ProxyMessages

/// The services `grpc.reflection.v1.ServerReflection` and `grpc.reflection.v1alpha.ServerReflection`, which tell tools
/// the schema.
struct ReflectionService: Sendable {
    static let names = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]

    private let schema = DescriptorIndex(FileDescriptors.all)

    /// The services' methods.
    func methods() -> [BuiltInMethod] {
        Self.names.map { name in
            BuiltInMethod("/\(name)/ServerReflectionInfo", requests: .many, needsSecret: true) {
                (request: ReflectionRequest, stream) in
                try stream.send(response(to: request))
            }
        }
    }

    /// Answers one request; if that fails, the response holds the error and the stream continues.
    func response(to request: ReflectionRequest) -> ReflectionResponse {
        ReflectionResponse(to: request, content(for: request.query))
    }

    private func content(for query: ReflectionRequest.Query?) -> ReflectionResponse.Content {
        switch query {
        case .fileByFilename(let name):
            schema.file(named: name).map { .files(ReflectedFiles([$0])) } ?? Self.notFound("file", name)
        case .fileContainingSymbol(let name):
            schema.symbol(named: name).map { .files(ReflectedFiles([$0.file])) } ?? Self.notFound("symbol", name)
        case .fileContainingExtension(let value):
            Self.notFound("extension", "\(value.number) of \(value.containingType)")
        case .allExtensionNumbersOfType(let name):
            schema.symbol(named: name)?.kind == .message
                ? .extensionNumbers(ReflectedExtensionNumbers(baseTypeName: name))
                : Self.notFound("message", name)
        case .listServices: .services(ReflectedServices(schema.services))
        case nil: Self.failure(.invalidArgument, "the request asks for nothing that this server knows")
        }
    }

    private static func notFound(_ kind: String, _ name: String) -> ReflectionResponse.Content {
        failure(.notFound, "there is no \(kind) \(name)")
    }

    private static func failure(_ code: GRPCStatus.Code, _ message: String) -> ReflectionResponse.Content {
        .failure(ReflectionFailure(code: Int32(code.rawValue), message: message))
    }
}
