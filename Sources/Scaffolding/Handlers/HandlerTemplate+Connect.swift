extension HandlerTemplate {
    static let connect = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Accepts clients with a known token.
            ///
            /// Centrifugo asks when a client connects without a JWT. Returning accepts the client, as an anonymous one
            /// if the result has no user. A thrown `Disconnect` closes the connection; with a code below 4500 the
            /// client's SDK reconnects.
            ///
            /// Register it with `ProxyService(handlers: [__Name__(users: …)])`;
            /// `client.proxy.connect` of Centrifugo's configuration switches it on.
            actor __Name__: ConnectHandler {
                /// The data that a client sends when it connects: `{"authToken": "…"}`.
                private struct Login: Decodable {
                    var authToken: String?
                }

                // Users by token. Only for trying it out: real tokens are secrets that can be revoked; use the
                // library's ProxyTokens.
                private let users: [String: String]

                init(users: [String: String] = [:]) {
                    self.users = users
                }

                func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
                    // Other data is answered with error 400.
                    let login = try request.payload.decode(Login.self)
                    guard let token = login.authToken, let user = users[token] else { throw Disconnect.unauthorized }
                    return ConnectResult(user: user, channels: ["public", "user-\(user)"])
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func connect(_ data: String) async throws -> ConnectResult {
                    let handler = __Name__(users: ["alice-token": "alice"])
                    return try await handler.connect(
                        ConnectRequest(data: Array(data.utf8)),
                        context: CallContext(event: .connect)
                    )
                }

                @Test("accepts a known token")
                func known() async throws {
                    let result = try await connect(#"{"authToken": "alice-token"}"#)
                    #expect(result.user == "alice")
                    #expect(result.channels == ["public", "user-alice"])
                }

                @Test("refuses other tokens", arguments: [#"{"authToken": "guessed"}"#, "{}"])
                func unknown(data: String) async {
                    await #expect(throws: Disconnect.unauthorized) { try await connect(data) }
                }

                @Test("refuses what is not JSON")
                func broken() async {
                    await #expect(throws: PayloadError.self) { try await connect("alice-token") }
                }
            }
            """#
    )
}
