extension HandlerTemplate {
    static let sharedPollRefresh = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Tells Centrifugo's nodes which keys have changed.
            ///
            /// Each node asks in its polling cycle, with the keys that clients track and its version of each. Keys that
            /// are missing in the answer have not changed.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`;
            /// `channel.proxy.shared_poll_refresh` of Centrifugo's configuration switches it on.
            actor __Name__: SharedPollRefreshHandler {
                private var newest: [String: SharedPollRefreshResultItem] = [:]

                /// Sets a key's data, and increments its version.
                func set(_ key: String, to data: Payload) {
                    let version = (newest[key]?.version ?? 0) + 1
                    newest[key] = SharedPollRefreshResultItem(key: key, data: data, version: version)
                }

                func sharedPollRefresh(
                    _ request: SharedPollRefreshRequest,
                    context: CallContext
                ) async throws -> SharedPollRefreshResult {
                    let changed = request.items.compactMap { known in
                        newest[known.key].flatMap { $0.version > known.version ? $0 : nil }
                    }
                    return SharedPollRefreshResult(items: changed)
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                @Test("answers only with data newer than the node's version")
                func changes() async throws {
                    let handler = __Name__()
                    await handler.set("stale", to: .text("one"))
                    await handler.set("stale", to: .text("two"))
                    await handler.set("current", to: .text("one"))
                    let known = ["stale": 1, "current": 1, "missing": 7].map { key, version in
                        SharedPollRefreshItem(key: key, version: version)
                    }
                    let result = try await handler.sharedPollRefresh(
                        SharedPollRefreshRequest(channel: "prices", items: known),
                        context: CallContext(event: .sharedPollRefresh)
                    )
                    #expect(result.items == [SharedPollRefreshResultItem(key: "stale", data: .text("two"), version: 2)])
                }
            }
            """#
    )
}
