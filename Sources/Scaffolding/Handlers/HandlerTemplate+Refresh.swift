extension HandlerTemplate {
    static let refresh = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy
            import Foundation

            /// Extends the connections of current members, and ends all others.
            ///
            /// Centrifugo asks when a connection is about to expire, at the `expireAt` that Connect answered. A thrown
            /// refusal has the effect of `.expired`; a failed call extends the connection by a minute.
            ///
            /// Register it with `ProxyService(refresh: __Name__(members: …))`;
            /// `client.proxy.refresh` of Centrifugo's configuration switches it on.
            actor __Name__: RefreshHandler {
                // Seconds until Centrifugo asks again.
                private static let lifetime: Int64 = 3_600

                private let members: Set<String>
                private let now: @Sendable () -> Int64

                /// - Parameters:
                ///   - members: The users whose connections are extended.
                ///   - now: Returns the time in Unix seconds.
                init(
                    members: Set<String> = [],
                    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
                ) {
                    self.members = members
                    self.now = now
                }

                func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
                    members.contains(request.user) ? .prolonged(until: now() + Self.lifetime) : .expired
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func refresh(_ user: String) async throws -> RefreshResult {
                    let handler = __Name__(members: ["alice"], now: { 1_000 })
                    return try await handler.refresh(RefreshRequest(user: user), context: CallContext(event: .refresh))
                }

                @Test("extends a member's connection")
                func member() async throws {
                    #expect(try await refresh("alice") == .prolonged(until: 4_600))
                }

                @Test("ends the connections of all others", arguments: ["mallory", ""])
                func stranger(user: String) async throws {
                    #expect(try await refresh(user) == .expired)
                }
            }
            """#
    )
}
