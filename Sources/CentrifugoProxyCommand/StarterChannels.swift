import CentrifugoProxy
import Foundation

/// The starter rules for channels: `public` and `chat-…` are everybody's, `user-NAME` is that user's own.
actor StarterChannels: SubscribeHandler, SubRefreshHandler, PublishHandler {
    // Seconds until a subscription has to be refreshed.
    private static let lifetime: Int64 = 600
    // Bytes of a publication.
    private static let largestPublication = 4_096

    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
        guard mayRead(request.channel, user: request.user) else { throw CentrifugoError.permissionDenied }
        return SubscribeResult(expireAt: .now + Self.lifetime)
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        mayRead(request.channel, user: request.user) ? .prolonged(until: .now + Self.lifetime) : .expired
    }

    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        guard request.channel.hasPrefix("chat-") else { throw CentrifugoError.permissionDenied }
        guard try request.payload.bytes.count <= Self.largestPublication else { throw CentrifugoError.badRequest }
        return PublishResult()
    }

    private func mayRead(_ channel: String, user: String) -> Bool {
        channel == "public" || channel.hasPrefix("chat-") || (!user.isEmpty && channel == "user-\(user)")
    }
}

extension Int64 {
    /// The present in unix seconds, as Centrifugo counts time.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
