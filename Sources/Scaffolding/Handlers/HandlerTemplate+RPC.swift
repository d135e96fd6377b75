extension HandlerTemplate {
    static let rpc = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Answers the method `greet`.
            ///
            /// Centrifugo asks when a client calls a method. The result's `data` is what the client gets; a thrown
            /// `CentrifugoError` is what it gets instead. For many methods there is the library's `RPCRouter`.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `rpc.proxy` and `proxy_enabled` of an RPC namespace, or of `rpc.without_namespace`, switch it on in Centrifugo's
            /// configuration.
            actor __Name__: RPCHandler {
                func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
                    switch request.method {
                    case "greet": RPCResult(data: try .json(["hello": request.user]))
                    default: throw .notFound
                    }
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func call(_ method: String) async throws -> RPCResult {
                    try await __Name__().rpc(
                        RPCRequest(user: "alice", method: method),
                        context: CallContext(event: .rpc)
                    )
                }

                @Test("greets the user")
                func greeting() async throws {
                    #expect(try await call("greet").data.text == #"{"hello":"alice"}"#)
                }

                @Test("knows no other method")
                func unknown() async {
                    await #expect(throws: CentrifugoError.notFound) { try await call("other") }
                }
            }
            """#
    )
}
