extension HandlerTemplate {
    static let publish = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Allows users to write into `chat-…`, and adds the author to each line.
            ///
            /// Centrifugo asks when a client publishes. A result without `data` publishes the client's data; a thrown
            /// `CentrifugoError` publishes nothing, and is sent to the client.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.publish` and `publish_proxy_enabled` of a namespace switch it on in Centrifugo's configuration.
            actor __Name__: PublishHandler {
                /// The published data: `{"text": "…", "from": "alice"}`.
                struct Line: Codable, Equatable {
                    var text: String
                    var from: String?
                }

                // In bytes.
                private static let longestText = 500

                func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
                    guard !request.user.isEmpty, request.channel.hasPrefix("chat-") else { throw .permissionDenied }
                    // Other data is answered with error 400.
                    var line = try request.payload.decode(Line.self)
                    guard line.text.utf8.count <= Self.longestText else {
                        throw try CentrifugoError(code: 413, message: "the text is too long")
                    }
                    line.from = request.user
                    return PublishResult(data: try .json(line))
                }
            }
            """#,
        test: ##"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func publish(
                    _ data: String,
                    user: String = "alice",
                    channel: String = "chat-swift"
                ) async throws -> PublishResult {
                    try await __Name__().publish(
                        PublishRequest(user: user, channel: channel, data: Array(data.utf8)),
                        context: CallContext(event: .publish)
                    )
                }

                @Test("adds who wrote a line, whatever the client says")
                func line() async throws {
                    let result = try await publish(#"{"text": "hi", "from": "bob"}"#)
                    #expect(try result.data.decode(__Name__.Line.self) == .init(text: "hi", from: "alice"))
                }

                @Test("refuses anonymous clients and other channels", arguments: [("", "chat-swift"), ("alice", "news")])
                func denied(user: String, channel: String) async {
                    await #expect(throws: CentrifugoError.permissionDenied) {
                        try await publish(#"{"text": "hi"}"#, user: user, channel: channel)
                    }
                }

                @Test("refuses what is not a line")
                func broken() async {
                    await #expect(throws: PayloadError.self) { try await publish("{}") }
                }

                @Test("refuses long texts")
                func long() async throws {
                    let data = #"{"text": "\#(String(repeating: "x", count: 501))"}"#
                    let refusal = await #expect(throws: CentrifugoError.self) { try await publish(data) }
                    #expect(refusal?.code == 413)
                }
            }
            """##
    )
}
