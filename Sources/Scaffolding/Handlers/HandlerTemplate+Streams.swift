extension HandlerTemplate {
    static let subscribeUnidirectional = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Sends what the application publishes into `news` to all subscribers.
            ///
            /// Centrifugo asks when a client subscribes, and keeps a stream open for each subscription. Returning
            /// accepts it, and says where publications come from; a thrown `CentrifugoError` is sent to the client
            /// instead.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.subscribe_stream` and `subscribe_stream_proxy_enabled` of a namespace switch it on in
            /// Centrifugo's configuration.
            actor __Name__: SubscribeUnidirectionalHandler {
                private static let channel = "news"

                private let hub = ChannelHub(name: "news")

                /// Sends a publication to all subscribers.
                nonisolated func publish(_ publication: Publication) throws {
                    try hub.publish(publication, to: Self.channel)
                }

                func subscribeUnidirectional(
                    _ request: SubscribeRequest,
                    context: CallContext
                ) async throws -> UnidirectionalSubscription {
                    guard request.channel == Self.channel else { throw .permissionDenied }
                    return UnidirectionalSubscription(from: hub, channel: request.channel)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func subscribe(to channel: String) async throws -> UnidirectionalSubscription {
                    try await __Name__().subscribeUnidirectional(
                        SubscribeRequest(channel: channel),
                        context: CallContext(event: .subscribeUnidirectional)
                    )
                }

                @Test("accepts subscriptions of its channel")
                func accepting() async throws {
                    #expect(try await subscribe(to: "news").result == SubscribeResult())
                }

                @Test("refuses other channels")
                func refusing() async {
                    await #expect(throws: CentrifugoError.permissionDenied) { try await subscribe(to: "elsewhere") }
                }

                @Test("publishes without subscribers")
                func publishing() throws {
                    try __Name__().publish(Publication(data: .text("hi")))
                }
            }
            """#
    )

    static let subscribeBidirectional = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Sends each publication of a client in `echo` back to it, in capitals.
            ///
            /// Centrifugo asks when a client subscribes, and keeps a stream in both directions open for each
            /// subscription. Returning accepts it; a thrown `CentrifugoError` is sent to the client instead.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.subscribe_stream`, and `subscribe_stream_proxy_enabled` and
            /// `subscribe_stream_proxy_bidirectional` of a namespace, switch it on in Centrifugo's configuration.
            actor __Name__: SubscribeBidirectionalHandler {
                func subscribeBidirectional(
                    _ request: SubscribeRequest,
                    context: CallContext
                ) async throws -> BidirectionalSubscription {
                    guard request.channel == "echo" else { throw .permissionDenied }
                    return BidirectionalSubscription { publications, writer in
                        for await publication in publications {
                            guard let answer = Self.answer(to: publication) else { return .finished }
                            try await writer.write(answer)
                        }
                        // The client's node is gone: the client subscribes again.
                        return .interrupted
                    }
                }

                /// The publication to send back; nil for `bye`, which ends the subscription for good.
                static func answer(to publication: Publication) -> Publication? {
                    let text = (try? publication.data.decode(String.self)) ?? ""
                    return text == "bye" ? nil : Publication(data: .text(text.uppercased()))
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func subscribe(to channel: String) async throws -> BidirectionalSubscription {
                    try await __Name__().subscribeBidirectional(
                        SubscribeRequest(channel: channel),
                        context: CallContext(event: .subscribeBidirectional)
                    )
                }

                @Test("accepts subscriptions of its channel")
                func accepting() async throws {
                    #expect(try await subscribe(to: "echo").result == SubscribeResult())
                }

                @Test("refuses other channels")
                func refusing() async {
                    await #expect(throws: CentrifugoError.permissionDenied) { try await subscribe(to: "elsewhere") }
                }

                @Test("answers in capitals, until the client says bye")
                func answering() throws {
                    #expect(__Name__.answer(to: Publication(data: try .json("hi")))?.data == .text("HI"))
                    #expect(__Name__.answer(to: Publication(data: try .json("bye"))) == nil)
                }
            }
            """#
    )
}
