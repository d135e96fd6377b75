extension HandlerTemplate {
    static let subscribe = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Allows everyone to read `public`, and each user to read their own channel.
            ///
            /// Centrifugo asks when a client subscribes. Returning accepts the subscription; a thrown `CentrifugoError`
            /// is sent to the client instead.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.subscribe` and `subscribe_proxy_enabled` of a namespace switch it on in Centrifugo's
            /// configuration.
            actor __Name__: SubscribeHandler {
                func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
                    guard mayRead(request.channel, user: request.user) else { throw .permissionDenied }
                    // With a time, Centrifugo asks again (SubRefresh) when it has passed.
                    return SubscribeResult()
                }

                private func mayRead(_ channel: String, user: String) -> Bool {
                    // Anonymous clients have the empty user, and no channel of their own.
                    channel == "public" || (!user.isEmpty && channel == "user-\(user)")
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func subscribe(_ user: String, to channel: String) async throws -> SubscribeResult {
                    try await __Name__().subscribe(
                        SubscribeRequest(user: user, channel: channel),
                        context: CallContext(event: .subscribe)
                    )
                }

                @Test("accepts what a user may read", arguments: [("alice", "public"), ("", "public"), ("alice", "user-alice")])
                func allowed(user: String, channel: String) async throws {
                    #expect(try await subscribe(user, to: channel) == SubscribeResult())
                }

                @Test("refuses all others", arguments: [("bob", "user-alice"), ("", "user-"), ("alice", "elsewhere")])
                func denied(user: String, channel: String) async {
                    await #expect(throws: CentrifugoError.permissionDenied) { try await subscribe(user, to: channel) }
                }
            }
            """#
    )
}
