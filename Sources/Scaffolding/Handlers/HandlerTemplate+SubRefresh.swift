extension HandlerTemplate {
    static let subRefresh = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Extends the subscriptions of a channel's current members, and ends all others.
            ///
            /// Centrifugo asks when a subscription is about to expire, at the `expireAt` that Subscribe answered, or up
            /// to a minute later. A thrown refusal has the effect of `.expired`.
            ///
            /// Register it with `ProxyService(handlers: [__Name__(members: …)])`;
            /// `channel.proxy.sub_refresh` and `sub_refresh_proxy_enabled` of a namespace switch it on in Centrifugo's
            /// configuration.
            actor __Name__: SubRefreshHandler {
                // Until Centrifugo asks again.
                private static let lifetime = Duration.seconds(600)

                private let members: [String: Set<String>]

                /// - Parameter members: The users of each channel.
                init(members: [String: Set<String>] = [:]) {
                    self.members = members
                }

                func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
                    guard members[request.channel]?.contains(request.user) == true else { return .expired }
                    return .prolonged(for: Self.lifetime)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func subRefresh(_ user: String, of channel: String) async throws -> SubRefreshResult {
                    let handler = __Name__(members: ["chat-swift": ["alice"]])
                    return try await handler.subRefresh(
                        SubRefreshRequest(user: user, channel: channel),
                        context: CallContext(event: .subRefresh)
                    )
                }

                @Test("extends a member's subscription")
                func member() async throws {
                    let result = try await subRefresh("alice", of: "chat-swift")
                    #expect(!result.expired && result.expireAt > 0)
                }

                @Test("ends other subscriptions", arguments: [("mallory", "chat-swift"), ("alice", "chat-go")])
                func stranger(user: String, channel: String) async throws {
                    #expect(try await subRefresh(user, of: channel) == .expired)
                }
            }
            """#
    )
}
