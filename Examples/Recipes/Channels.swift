import CentrifugoProxy
import Logging

/// Subscribes each client to its channels as it connects.
actor Greeter: ConnectHandler {
    private let channels: AutomaticChannels

    init(logger: Logger) throws {
        var channels = AutomaticChannels(logger: logger)
        try channels.add("public")
        try channels.add("user-{user}", options: SubscribeOptions(data: .text("only you read this")))
        try channels.add("team.{team}", roles: ["member"])
        self.channels = channels
    }

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        // Here a proxy in front of Centrifugo has checked who it is, and says so in a header.
        let user = context.metadata.first("x-user") ?? ""
        let subscriptions = channels.subscriptions(
            user: user,
            roles: user.isEmpty ? [] : ["member"],
            claims: ["team": "swift"]
        )
        return ConnectResult(user: user, subs: subscriptions)
    }
}

func channels(logger: Logger) throws -> ProxyService {
    ProxyService(connect: try Greeter(logger: logger))
}
