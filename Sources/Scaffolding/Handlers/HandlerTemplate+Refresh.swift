extension HandlerTemplate {
    static let refresh = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Extends the connections of current members, and ends all others.
            ///
            /// Centrifugo asks when a connection is about to expire, at the `expireAt` that Connect answered. A thrown
            /// refusal has the effect of `.expired`; a failed call extends the connection by a minute.
            ///
            /// Register it with `ProxyService(handlers: [__Name__(members: …)])`;
            /// `client.proxy.refresh` of Centrifugo's configuration switches it on.
            actor __Name__: RefreshHandler {
                // Until Centrifugo asks again.
                private static let lifetime = Duration.seconds(3_600)

                private let members: Set<String>

                /// - Parameter members: The users whose connections are extended.
                init(members: Set<String> = []) {
                    self.members = members
                }

                func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
                    members.contains(request.user) ? .prolonged(for: Self.lifetime) : .expired
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func refresh(_ user: String) async throws -> RefreshResult {
                    let handler = __Name__(members: ["alice"])
                    return try await handler.refresh(RefreshRequest(user: user), context: CallContext(event: .refresh))
                }

                @Test("extends a member's connection")
                func member() async throws {
                    let result = try await refresh("alice")
                    #expect(!result.expired && result.expireAt > 0)
                }

                @Test("ends the connections of all others", arguments: ["mallory", ""])
                func stranger(user: String) async throws {
                    #expect(try await refresh(user) == .expired)
                }
            }
            """#
    )
}
