extension HandlerTemplate {
    static let notifyCacheEmpty = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Fills a channel's cache when a client recovers from it and finds nothing.
            ///
            /// Centrifugo PRO asks, and reads the cache again if the answer says that it was populated. If the call
            /// fails, the client's subscription fails.
            ///
            /// Register it with `ProxyService(handlers: [__Name__ { channel in … }])`.
            actor __Name__: NotifyCacheEmptyHandler {
                private let populate: @Sendable (String) async throws -> Bool

                /// - Parameter populate: Publishes into a channel by Centrifugo's own API; returns whether it did.
                init(populate: @escaping @Sendable (String) async throws -> Bool) {
                    self.populate = populate
                }

                func notifyCacheEmpty(
                    _ request: NotifyCacheEmptyRequest,
                    context: CallContext
                ) async throws -> NotifyCacheEmptyResult {
                    NotifyCacheEmptyResult(populated: try await populate(request.channel))
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                @Test("says whether the cache was populated", arguments: [("news", true), ("elsewhere", false)])
                func populating(channel: String, populated: Bool) async throws {
                    let handler = __Name__ { channel in channel == "news" }
                    let result = try await handler.notifyCacheEmpty(
                        NotifyCacheEmptyRequest(channel: channel),
                        context: CallContext(event: .notifyCacheEmpty)
                    )
                    #expect(result.populated == populated)
                }
            }
            """#
    )

    static let notifyChannelState = HandlerTemplate(
        handler: #"""
            import CentrifugoProxy

            /// Tracks which channels have subscribers.
            ///
            /// Centrifugo PRO reports it in batches. Events may be repeated and out of order, so the latest time of a
            /// channel decides.
            ///
            /// Register it with `ProxyService(handlers: [__Name__()])`.
            actor __Name__: NotifyChannelStateHandler {
                private var latest: [String: ChannelEvent] = [:]

                /// The channels with subscribers.
                var occupied: Set<String> {
                    Set(latest.values.filter { $0.type == "occupied" }.map(\.channel))
                }

                func notifyChannelState(
                    _ request: NotifyChannelStateRequest,
                    context: CallContext
                ) async throws -> NotifyChannelStateResult {
                    // Types that a later Centrifugo may add do not affect this.
                    for event in request.events where ["occupied", "vacated"].contains(event.type) {
                        if let known = latest[event.channel], known.timeMs > event.timeMs { continue }
                        latest[event.channel] = event
                    }
                    return NotifyChannelStateResult()
                }
            }
            """#,
        test: #"""
            import CentrifugoProxy
            import Testing

            @testable import __Module__

            @Suite struct __Name__Tests {
                @Test("keeps the latest event of a channel, in any order")
                func order() async throws {
                    let handler = __Name__()
                    let batches = [
                        [ChannelEvent(timeMs: 2, channel: "left", type: "vacated")],
                        [
                            ChannelEvent(timeMs: 1, channel: "left", type: "occupied"),
                            ChannelEvent(timeMs: 1, channel: "open", type: "occupied"),
                            ChannelEvent(timeMs: 2, channel: "open", type: "unheard-of"),
                        ],
                    ]
                    for events in batches {
                        _ = try await handler.notifyChannelState(
                            NotifyChannelStateRequest(events: events),
                            context: CallContext(event: .notifyChannelState)
                        )
                    }
                    #expect(await handler.occupied == ["open"])
                }
            }
            """#
    )
}
