import ArgumentParser
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import NIOPosix
import ProxyProtos

/// grpc-swift-2 with one event loop; its handlers run on Swift's global executor, as is its default.
@main
struct GRPCSwiftServer: AsyncParsableCommand {
    @Argument(help: "The port to listen on at 127.0.0.1.")
    var port: Int

    func run() async throws {
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        // What its generated code does for a service.
        router.registerHandler(
            forMethod: MethodDescriptor(
                fullyQualifiedService: "centrifugal.centrifugo.proxy.CentrifugoProxy",
                method: "RPC"
            ),
            deserializer: ProtobufDeserializer<Centrifugal_Centrifugo_Proxy_RPCRequest>(),
            serializer: ProtobufSerializer<Centrifugal_Centrifugo_Proxy_RPCResponse>(),
            handler: { request, _ in
                _ = try await ServerRequest(stream: request)
                let response = Centrifugal_Centrifugo_Proxy_RPCResponse(data: cannedAnswer)
                return StreamingServerResponse(single: ServerResponse(message: response))
            }
        )
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: port),
            transportSecurity: .plaintext,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)
        )
        try await GRPCServer(transport: transport, router: router).serve()
    }
}
