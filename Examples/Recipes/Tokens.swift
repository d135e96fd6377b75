#if Tokens
import CentrifugoProxy
import Logging
import ProxyTokens

/// Accepts clients with a valid token for as long as it is valid, and refuses all others.
func tokens(_ storage: any TokenStorage, logger: Logger) throws -> ProxyService {
    var channels = AutomaticChannels(logger: logger)
    try channels.add("public")
    try channels.add("user-{user}")
    try channels.add("staff", roles: ["staff"])

    var configuration = TokenSessions.Configuration()
    configuration.sessionInterval = .seconds(60)
    configuration.subscriptions = { [channels] token in
        channels.subscriptions(user: token.user, roles: Set(token.roles))
    }
    let sessions = TokenSessions(storage, configuration: configuration, logger: logger)

    return try ProxyService(handlers: [sessions])
}
#endif
