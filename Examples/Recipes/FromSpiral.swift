import CentrifugoProxy
import Logging

/// Whose token a client has sent; an application finds it in its database.
struct Account: CallAttribute, Encodable {
    typealias Value = Account

    static let all = ["my-app-auth-token": Account(id: "42", name: "Ada")]

    let id: String
    let name: String
}

struct AccountLocked: Error {}

actor Connections: ConnectHandler, RefreshHandler {
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        guard let account = context[Account.self] else { throw Disconnect.unauthorized }
        return ConnectResult(user: account.id, data: try .json(["user": account]), channels: ["chat"])
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        .prolonged(for: .seconds(300))
    }
}

func fromSpiral(logger: Logger) throws -> ProxyService {
    let topics = try TopicRouter { topics in
        try topics.register("topic", .allow(TopicAccess { _, _, context in context.metadata.first("x-plan") == "pro" }))
        try topics.register("user.{uuid}", .allow(.owner("uuid"), publish: .owner("uuid")))
    }
    let methods = try RPCRouter { methods in
        try methods.on("ping") { _, _ in "pong" }
        try methods.on("unlock") { _, _ -> String in throw AccountLocked() }
    }
    var errors = ErrorMapping(logger: logger)
    errors.map(AccountLocked.self, to: .permissionDenied)
    return try ProxyService(
        handlers: [Connections(), topics, methods],
        interceptors: [
            errors,
            .connect { request, context, next in
                let data = try request.payload.decode([String: String].self)
                var context = context
                context[Account.self] = data["authToken"].flatMap { Account.all[$0] }
                return try await next(request, context)
            },
        ]
    )
}
