public import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension CentrifugoError {
    /// 413: what the client sent is larger than the channel's rule allows.
    public static let payloadTooLarge = CentrifugoError(uncheckedCode: 413, message: "payload too large")
}

extension Error where Self == CentrifugoError {
    /// 413: what the client sent is larger than the channel's rule allows: `CentrifugoError.payloadTooLarge`.
    public static var payloadTooLarge: CentrifugoError { CentrifugoError.payloadTooLarge }
}

extension TopicRule {
    /// Decides by the user that asks.
    ///
    /// A refresh decides again: a subscription expires when its user may no longer read.
    ///
    /// - Parameters:
    ///   - readers: The users that may subscribe.
    ///   - writers: The users that may publish, set keys and remove them, whether or not they may subscribe; nil allows
    ///     nobody.
    ///   - maxPublicationSize: The most bytes of a publication's data; more is refused with
    ///     `CentrifugoError.payloadTooLarge`.
    ///   - lifetime: The time after which a subscription has to be refreshed, in whole seconds; nil means never.
    ///     Centrifugo then needs `sub_refresh_proxy_enabled` for the channel's namespace.
    ///   - options: The options of accepted subscriptions; the lifetime takes precedence over their `expireAt`.
    ///   - hub: The publications of unidirectional streams; nil denies those streams.
    /// - Returns: The rule.
    public static func allow(
        _ readers: TopicAccess,
        publish writers: TopicAccess? = nil,
        maxPublicationSize: Int = 65_536,
        lifetime: Duration? = nil,
        options: SubscribeResult = SubscribeResult(),
        hub: ChannelHub? = nil
    ) -> TopicRule {
        let accepted: @Sendable () -> SubscribeResult = {
            var result = options
            if let lifetime { result.expireAt = .unixTime(after: lifetime) }
            return result
        }
        var rule = TopicRule(
            subscribe: { topic, request, context in
                try await readers.check(request, topic, context)
                return accepted()
            },
            subRefresh: { topic, request, context in
                guard try await readers.isAllowed(request, topic, context) else { return .expired }
                return .prolonged(until: accepted().expireAt)
            },
            publish: writers?.decision(
                PublishResult(skipHistory: false),
                payload: { (request: PublishRequest) in try request.payload },
                maxPublicationSize
            ),
            mapPublish: writers?.decision(
                MapPublishResult(key: ""),
                payload: { (request: MapPublishRequest) in try request.payload },
                maxPublicationSize
            ),
            mapRemove: writers?.decision(
                MapRemoveResult(key: ""),
                payload: { (_: MapRemoveRequest) in .empty },
                maxPublicationSize
            ),
            subscribeUnidirectional: hub?.decision(by: readers, accepted)
        )
        rule.parameters = readers.parameters.union(writers?.parameters ?? [])
        return rule
    }
}

extension TopicAccess {
    /// Allows writers to write data within the size limit.
    fileprivate func decision<Request: ChannelRequest, Result: Sendable>(
        _ result: Result,
        payload: @escaping @Sendable (Request) throws -> Payload,
        _ maxSize: Int
    ) -> TopicRule.Decision<Request, Result> {
        { topic, request, context in
            try await check(request, topic, context)
            guard try payload(request).bytes.count <= maxSize else {
                context.refusalReason = .tooLarge
                throw CentrifugoError.payloadTooLarge
            }
            return result
        }
    }
}

extension ChannelHub {
    /// Allows readers to read what is published to the channel.
    fileprivate func decision(
        by readers: TopicAccess,
        _ accepted: @escaping @Sendable () -> SubscribeResult
    ) -> TopicRule.Decision<SubscribeRequest, UnidirectionalSubscription> {
        { topic, request, context in
            try await readers.check(request, topic, context)
            return UnidirectionalSubscription(result: accepted(), from: self, channel: topic.channel)
        }
    }
}
