import Testing

@testable import CentrifugoProxy

@Suite struct DescriptorIndexTests {
    private let index = DescriptorIndex(FileDescriptors.all)

    @Test(
        "finds files by name",
        arguments: [
            "proxy.proto", "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto",
            "grpc/reflection/v1alpha/reflection.proto",
        ]
    )
    func files(name: String) throws {
        // The name is the first field of a FileDescriptorProto.
        let file = try #require(index.file(named: name))
        #expect(file.starts(with: [0x0A, UInt8(name.utf8.count)] + name.utf8))
    }

    @Test("lists the services")
    func services() {
        #expect(
            index.services == [
                "centrifugal.centrifugo.proxy.CentrifugoProxy", "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ]
        )
    }

    @Test(
        "finds the symbols that files declare",
        arguments: [
            ("centrifugal.centrifugo.proxy.CentrifugoProxy", Declaration.service, "proxy.proto"),
            ("centrifugal.centrifugo.proxy.CentrifugoProxy.RPC", .method, "proxy.proto"),
            ("centrifugal.centrifugo.proxy.ConnectResult", .message, "proxy.proto"),
            ("centrifugal.centrifugo.proxy.ConnectResult.SubsEntry", .message, "proxy.proto"),
            ("centrifugal.centrifugo.proxy.ConnectResult.SubsEntry.value", .field, "proxy.proto"),
            ("centrifugal.centrifugo.proxy.ConnectResult.subs", .field, "proxy.proto"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus", .enumeration, "grpc/health/v1/health.proto"),
            ("grpc.health.v1.HealthCheckResponse.NOT_SERVING", .enumValue, "grpc/health/v1/health.proto"),
            (
                "grpc.reflection.v1.ServerReflectionRequest.message_request", .oneof,
                "grpc/reflection/v1/reflection.proto"
            ),
            (
                "grpc.reflection.v1alpha.ServerReflectionRequest", .message,
                "grpc/reflection/v1alpha/reflection.proto"
            ),
        ]
    )
    func symbols(name: String, kind: Declaration, file: String) throws {
        let symbol = try #require(index.symbol(named: name))
        #expect(symbol.kind == kind)
        #expect(symbol.file == index.file(named: file))
    }

    @Test("declares every event's method", arguments: ProxyEvent.allCases)
    func events(event: ProxyEvent) {
        #expect(index.symbol(named: "\(ProxyEvent.serviceName).\(event.methodName)")?.kind == .method)
    }

    @Test(
        "does not find unknown files and symbols",
        arguments: [
            "", ".", "proxy.proto", "centrifugal", "centrifugal.centrifugo.proxy", ".grpc.health.v1.Health", "Health",
            "grpc.health.v1.HealthCheckResponse.ServingStatus.NOT_SERVING", "grpc.health.v1.Health.",
        ]
    )
    func unknown(name: String) {
        #expect(index.symbol(named: name) == nil)
        #expect(name == "proxy.proto" || index.file(named: name) == nil)
    }
}
