extension HandlerTemplate {
    static let subRefresh = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy
            import Foundation

            /// Extends the subscriptions of a channel's current members, and ends all others.
            ///
            /// Centrifugo asks when a subscription is about to expire, at the `expireAt` that Subscribe answered, or up
            /// to a minute later. A thrown refusal has the effect of `.expired`.
            ///
            /// Register it with `ProxyService(subRefresh: __Name__(members: …))`;
            /// `channel.proxy.sub_refresh` and `sub_refresh_proxy_enabled` of a namespace switch it on in Centrifugo's
            /// configuration.
            actor __Name__: SubRefreshHandler {
                // Seconds until Centrifugo asks again.
                private static let lifetime: Int64 = 600

                private let members: [String: Set<String>]
                private let now: @Sendable () -> Int64

                /// - Parameters:
                ///   - members: The users of each channel.
                ///   - now: Returns the time in Unix seconds.
                init(
                    members: [String: Set<String>] = [:],
                    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
                ) {
                    self.members = members
                    self.now = now
                }

                func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
                    guard members[request.channel]?.contains(request.user) == true else { return .expired }
                    return .prolonged(until: now() + Self.lifetime)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func subRefresh(_ user: String, of channel: String) async throws -> SubRefreshResult {
                    let handler = __Name__(members: ["chat-swift": ["alice"]], now: { 1_000 })
                    return try await handler.subRefresh(
                        SubRefreshRequest(user: user, channel: channel),
                        context: CallContext(event: .subRefresh)
                    )
                }

                @Test("extends a member's subscription")
                func member() async throws {
                    #expect(try await subRefresh("alice", of: "chat-swift") == .prolonged(until: 1_600))
                }

                @Test("ends other subscriptions", arguments: [("mallory", "chat-swift"), ("alice", "chat-go")])
                func stranger(user: String, channel: String) async throws {
                    #expect(try await subRefresh(user, of: channel) == .expired)
                }
            }
            """#
    )
}
