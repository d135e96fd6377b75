import Foundation
import NIOConcurrencyHelpers
import ProxyMessages

@testable import CentrifugoProxy

/// Handlers of all events that record their requests, answer at once, and hold the calls that Centrifugo cancels until
/// then.
actor WireHandlers {
    /// A call that is held until its cancellation.
    enum Step: Hashable, Sendable {
        case held(WireRequest)
        case cancelled(WireRequest)
    }

    let steps = Events<Step>()
    private let held: Set<WireRequest>
    private let publications: [WireRequest: Int]
    private let kept = NIOLockedValueBox(Kept())

    /// What the handlers were given.
    struct Kept {
        var requests: [WireRequest: Int] = [:]
        var publications: [WireRequest: [[UInt8]]] = [:]
        /// Requests with fields that Centrifugo does not send.
        var odd: [String] = []
    }

    /// - Parameters:
    ///   - held: The requests that are held.
    ///   - publications: How many publications follow a bidirectional stream's request; all are read.
    init(holding held: Set<WireRequest>, publications: [WireRequest: Int]) {
        self.held = held
        self.publications = publications
    }

    nonisolated var seen: Kept { kept.withLockedValue { $0 } }

    nonisolated private func keep(_ request: some RoutedRequest, _ context: CallContext) -> WireRequest {
        let key = WireRequest(event: context.event, bytes: request.wireBytes())
        let isOdd = !Self.isPlausible(request) || !Self.isPlausible(context)
        kept.withLockedValue { kept in
            kept.requests[key, default: 0] += 1
            if isOdd { kept.odd.append("\(request) \(context.metadata)") }
        }
        return key
    }

    /// Holds a call that Centrifugo cancels.
    nonisolated private func hold(_ key: WireRequest) async {
        guard held.contains(key) else { return }
        steps.tell(.held(key))
        await Gate().pass()
        steps.tell(.cancelled(key))
    }

    private func take(_ request: some RoutedRequest, _ context: CallContext) async {
        await hold(keep(request, context))
    }

    /// Every client has an id and a transport, speaks one of two protocols, and has a name after Connect.
    private static func isPlausible(_ request: some RoutedRequest) -> Bool {
        guard let request = request as? any ProxyRequest & EventRequest else {
            return request.target?.hasPrefix("poll:") ?? false
        }
        let isConnect = request is ConnectRequest
        return UUID(uuidString: request.client) != nil
            && ["websocket", "uni_sse", "uni_grpc"].contains(request.transport)
            && ["json", "protobuf"].contains(request.protocol)
            && ["json", "binary"].contains(request.encoding)
            && (isConnect || !(request.userID ?? "").isEmpty)
            && (isConnect || request is RefreshRequest || !(request.target ?? "").isEmpty)
    }

    private static func isPlausible(_ context: CallContext) -> Bool {
        let isStream = context.event == .subscribeUnidirectional || context.event == .subscribeBidirectional
        return context.metadata["x-e2e-static"] == ["from-config"]
            && context.metadata["x-e2e-credential"] == ["s3cret"]
            && (context.deadline == nil) == isStream
    }
}

extension WireHandlers: ConnectHandler, RefreshHandler, SubscribeHandler, SubRefreshHandler, PublishHandler {
    func connect(_ request: ConnectRequest, context: CallContext) async -> ConnectResult {
        await take(request, context)
        return ConnectResult(user: "u")
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async -> RefreshResult {
        await take(request, context)
        return .prolonged(until: 1)
    }

    func subscribe(_ request: SubscribeRequest, context: CallContext) async -> SubscribeResult {
        await take(request, context)
        return SubscribeResult()
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async -> SubRefreshResult {
        await take(request, context)
        return .prolonged(until: 1)
    }

    func publish(_ request: PublishRequest, context: CallContext) async -> PublishResult {
        await take(request, context)
        return PublishResult()
    }
}

extension WireHandlers: RPCHandler, MapPublishHandler, MapRemoveHandler, SharedPollRefreshHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async -> RPCResult {
        await take(request, context)
        return RPCResult(data: .text("true"))
    }

    func mapPublish(_ request: MapPublishRequest, context: CallContext) async -> MapPublishResult {
        await take(request, context)
        return MapPublishResult()
    }

    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async -> MapRemoveResult {
        await take(request, context)
        return MapRemoveResult()
    }

    func sharedPollRefresh(_ request: SharedPollRefreshRequest, context: CallContext) async -> SharedPollRefreshResult {
        await take(request, context)
        return SharedPollRefreshResult()
    }
}

extension WireHandlers: NotifyCacheEmptyHandler, NotifyChannelStateHandler {
    func notifyCacheEmpty(_ request: NotifyCacheEmptyRequest, context: CallContext) async -> NotifyCacheEmptyResult {
        await take(request, context)
        return NotifyCacheEmptyResult()
    }

    func notifyChannelState(
        _ request: NotifyChannelStateRequest,
        context: CallContext
    ) async -> NotifyChannelStateResult {
        await take(request, context)
        return NotifyChannelStateResult()
    }
}

extension WireHandlers: SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
    func subscribeUnidirectional(_ request: SubscribeRequest, context: CallContext) async -> UnidirectionalSubscription
    {
        let key = keep(request, context)
        return UnidirectionalSubscription { _ in
            await self.hold(key)
            return .finished
        }
    }

    func subscribeBidirectional(_ request: SubscribeRequest, context: CallContext) async -> BidirectionalSubscription {
        let key = keep(request, context)
        return BidirectionalSubscription { publications, _ in
            await self.read(self.publications[key] ?? 0, of: publications, key)
            await self.hold(key)
            return .finished
        }
    }

    nonisolated private func read(_ count: Int, of publications: ClientPublications, _ key: WireRequest) async {
        guard count > 0 else { return }
        var left = count
        for await publication in publications {
            kept.withLockedValue { $0.publications[key, default: []].append(publication.wireBytes()) }
            left -= 1
            if left == 0 { return }
        }
    }
}
