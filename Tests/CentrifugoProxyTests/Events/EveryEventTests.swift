import CentrifugoProxy
import Testing

/// One actor that serves all unary events, over a socket.
@Suite(.timeLimit(.minutes(1))) struct EveryEventTests {
    private actor Everything: ConnectHandler, RefreshHandler, SubscribeHandler, SubRefreshHandler, PublishHandler,
        RPCHandler, MapPublishHandler, MapRemoveHandler, SharedPollRefreshHandler, NotifyCacheEmptyHandler,
        NotifyChannelStateHandler
    {
        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
            ConnectResult(user: request.name, data: try request.payload)
        }

        func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
            guard request.user == "known" else { throw Disconnect.forbidden }
            return .prolonged(until: 5, info: .text("i"))
        }

        func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
            SubscribeResult(info: .text(request.channel), data: try request.payload)
        }

        func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
            guard request.user == "known" else { throw CentrifugoError.permissionDenied }
            return .prolonged(until: 6)
        }

        func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
            PublishResult(data: try request.payload, tags: ["c": request.channel])
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            RPCResult(data: .text(request.method))
        }

        func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
            MapPublishResult(key: request.key, data: try request.payload)
        }

        func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
            MapRemoveResult(key: request.key)
        }

        func sharedPollRefresh(
            _ request: SharedPollRefreshRequest,
            context: CallContext
        ) async throws -> SharedPollRefreshResult {
            guard request.channel != "refused" else { throw CentrifugoError.unavailable }
            return SharedPollRefreshResult(
                items: request.items.map { SharedPollRefreshResultItem(key: $0.key, data: .bytes([0xFF])) }
            )
        }

        func notifyCacheEmpty(
            _ request: NotifyCacheEmptyRequest,
            context: CallContext
        ) async throws -> NotifyCacheEmptyResult {
            NotifyCacheEmptyResult(populated: request.channel == "mine")
        }

        func notifyChannelState(
            _ request: NotifyChannelStateRequest,
            context: CallContext
        ) async throws -> NotifyChannelStateResult {
            guard request.events.count == 2 else { throw CentrifugoError.unavailable }
            return NotifyChannelStateResult()
        }
    }

    @Test("answers each with its own result", arguments: ProxyServer.Executor.all)
    func results(executor: ProxyServer.Executor) async throws {
        let all = Everything()
        let service = ProxyService(
            connect: all,
            refresh: all,
            subscribe: all,
            subRefresh: all,
            publish: all,
            rpc: all,
            mapPublish: all,
            mapRemove: all,
            sharedPollRefresh: all,
            notifyCacheEmpty: all,
            notifyChannelState: all
        )
        try await TestServer.run(service, configuration: .test(executor)) { server in
            let connection = try await server.connect()
            try await Self.clientEvents(connection)
            try await Self.refreshes(connection)
            try await Self.maps(connection)
            try await Self.nodeEvents(connection)
            #expect(server.log.lines().isEmpty)
        }
    }

    private static func clientEvents(_ peer: RawConnection) async throws {
        let connect = ConnectRequest(encoding: "json", data: Array("[1]".utf8), name: "n")
        #expect(
            try await peer.call(.connect, connect)
                == ConnectResponse(result: ConnectResult(user: "n", data: .bytes(Array("[1]".utf8))))
        )
        let subscribe = SubscribeRequest(encoding: "binary", channel: "c").with { $0.b64data = "AQ==" }
        #expect(
            try await peer.call(.subscribe, subscribe)
                == SubscribeResponse(
                    result: SubscribeResult().with {
                        $0.b64info = "Yw=="; $0.b64data = "AQ=="
                    }
                )
        )
        let publish = PublishRequest(encoding: "binary", channel: "c").with { $0.b64data = "AQ==" }
        #expect(
            try await peer.call(.publish, publish)
                == PublishResponse(result: PublishResult(tags: ["c": "c"]).with { $0.b64data = "AQ==" })
        )
        let rpc = RPCRequest(method: "m")
        #expect(try await peer.call(.rpc, rpc) == RPCResponse(result: RPCResult(data: .text(#""m""#))))
    }

    private static func refreshes(_ peer: RawConnection) async throws {
        #expect(
            try await peer.call(.refresh, RefreshRequest(user: "known"))
                == RefreshResponse(result: RefreshResult(expireAt: 5, info: .text(#""i""#)))
        )
        #expect(try await peer.call(.refresh, RefreshRequest()) == RefreshResponse(result: .expired))
        #expect(
            try await peer.call(.subRefresh, SubRefreshRequest(user: "known"))
                == SubRefreshResponse(result: SubRefreshResult(expireAt: 6))
        )
        #expect(try await peer.call(.subRefresh, SubRefreshRequest()) == SubRefreshResponse(result: .expired))
    }

    private static func maps(_ peer: RawConnection) async throws {
        let publish = MapPublishRequest(channel: "c", key: "k", data: Array("1".utf8))
        #expect(
            try await peer.call(.mapPublish, publish)
                == MapPublishResponse(result: MapPublishResult(key: "k", data: .text("1")))
        )
        #expect(
            try await peer.call(.mapRemove, MapRemoveRequest(key: "k"))
                == MapRemoveResponse(result: MapRemoveResult(key: "k"))
        )
    }

    private static func nodeEvents(_ peer: RawConnection) async throws {
        let poll = SharedPollRefreshRequest(channel: "c", items: [SharedPollRefreshItem(key: "k", version: 1)])
        let item = SharedPollRefreshResultItem(key: "k", data: .bytes([0xFF]))
        #expect(
            try await peer.call(.sharedPollRefresh, poll)
                == SharedPollRefreshResponse(result: SharedPollRefreshResult(items: [item]))
        )
        #expect(
            try await peer.call(.sharedPollRefresh, SharedPollRefreshRequest(channel: "refused"))
                == SharedPollRefreshResponse(error: .unavailable)
        )
        #expect(
            try await peer.call(.notifyCacheEmpty, NotifyCacheEmptyRequest(channel: "mine"))
                == NotifyCacheEmptyResponse(result: NotifyCacheEmptyResult(populated: true))
        )
        let events = [ChannelEvent(channel: "a", type: "occupied"), ChannelEvent(channel: "a", type: "unheard of")]
        #expect(
            try await peer.call(.notifyChannelState, NotifyChannelStateRequest(events: events))
                == NotifyChannelStateResponse(result: NotifyChannelStateResult())
        )
    }
}
