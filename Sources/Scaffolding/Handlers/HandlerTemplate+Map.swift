extension HandlerTemplate {
    static let mapPublish = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Lets each user set the key of their own name.
            ///
            /// Centrifugo asks when a client sets a key of a map channel. A result without `data` sets the client's
            /// data; a thrown `CentrifugoError` sets nothing, and is sent to the client.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.map_publish` and `map.publish_proxy_enabled` of a namespace switch it on in Centrifugo's
            /// configuration.
            actor __Name__: MapPublishHandler {
                func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
                    // Anonymous clients have the empty user.
                    guard !request.user.isEmpty, request.key == request.user else { throw .permissionDenied }
                    return MapPublishResult(key: request.key)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func set(_ key: String, as user: String) async throws -> MapPublishResult {
                    try await __Name__().mapPublish(
                        MapPublishRequest(user: user, channel: "board", key: key),
                        context: CallContext(event: .mapPublish)
                    )
                }

                @Test("lets users set their own key")
                func own() async throws {
                    #expect(try await set("alice", as: "alice") == MapPublishResult(key: "alice"))
                }

                @Test("refuses other keys", arguments: [("bob", "alice"), ("alice", ""), ("", "")])
                func other(key: String, user: String) async {
                    await #expect(throws: CentrifugoError.permissionDenied) { try await set(key, as: user) }
                }
            }
            """#
    )

    static let mapRemove = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Lets each user remove the key of their own name.
            ///
            /// Centrifugo asks when a client removes a key of a map channel. Returning allows it; a thrown
            /// `CentrifugoError` is sent to the client instead.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.map_remove` and `map.remove_proxy_enabled` of a namespace switch it on in Centrifugo's
            /// configuration.
            actor __Name__: MapRemoveHandler {
                func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
                    // Anonymous clients have the empty user.
                    guard !request.user.isEmpty, request.key == request.user else { throw .permissionDenied }
                    return MapRemoveResult(key: request.key)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                private func remove(_ key: String, as user: String) async throws -> MapRemoveResult {
                    try await __Name__().mapRemove(
                        MapRemoveRequest(user: user, channel: "board", key: key),
                        context: CallContext(event: .mapRemove)
                    )
                }

                @Test("lets users remove their own key")
                func own() async throws {
                    #expect(try await remove("alice", as: "alice") == MapRemoveResult(key: "alice"))
                }

                @Test("refuses other keys", arguments: [("bob", "alice"), ("alice", ""), ("", "")])
                func other(key: String, user: String) async {
                    await #expect(throws: CentrifugoError.permissionDenied) { try await remove(key, as: user) }
                }
            }
            """#
    )
}
