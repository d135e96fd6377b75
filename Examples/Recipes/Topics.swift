import CentrifugoProxy

/// Decides about the rooms of a chat.
actor Rooms: TopicHandler {
    private let members = ["swift": ["alice", "bob"], "go": ["carol"]]

    func subscribe(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> SubscribeResult {
        guard isMember(request.user, of: topic) else { throw .permissionDenied }
        return SubscribeResult(data: try .json(["room": topic["room"]]))
    }

    func publish(_ request: PublishRequest, topic: TopicMatch, context: CallContext) async throws -> PublishResult {
        guard isMember(request.user, of: topic) else { throw .permissionDenied }
        return PublishResult()
    }

    private func isMember(_ user: String, of topic: TopicMatch) -> Bool {
        topic["room"].flatMap { members[$0] }?.contains(user) ?? false
    }
}

func topics() throws -> ProxyService {
    let topics = try TopicRouter { topics in
        try topics.register("public", .allow(.anyone))
        try topics.register("user-{user}", .allow(.owner()))
        try topics.register("order.{id:[0-9]+}[.{part}]", .allow(.authenticated))
        try topics.register("chat.{room:[a-z]+}", to: Rooms())
    }
    return try ProxyService(handlers: [topics])
}
