import CentrifugoProxy
import CentrifugoProxyTesting
import ProxyMessages

/// Keeps the `meta` of each request, and refuses.
actor Metas: RefreshHandler, SubscribeHandler, SubRefreshHandler, PublishHandler, RPCHandler, MapPublishHandler,
    MapRemoveHandler, SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler
{
    private var metas: [String] = []

    /// A client of these handlers.
    nonisolated var client: TestClient {
        TestClient(
            refresh: self,
            subscribe: self,
            subRefresh: self,
            publish: self,
            rpc: self,
            mapPublish: self,
            mapRemove: self,
            subscribeUnidirectional: self,
            subscribeBidirectional: self
        )
    }

    /// What came since it was asked last.
    func take() -> [String] {
        defer { metas = [] }
        return metas
    }

    private func refuse(_ meta: Payload) -> CentrifugoError {
        metas.append(meta.text ?? "")
        return .permissionDenied
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        throw refuse(request.meta)
    }

    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
        throw refuse(request.meta)
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        throw refuse(request.meta)
    }

    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        throw refuse(request.meta)
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        throw refuse(request.meta)
    }

    func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
        throw refuse(request.meta)
    }

    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
        throw refuse(request.meta)
    }

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        throw refuse(request.meta)
    }

    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        throw refuse(request.meta)
    }
}
