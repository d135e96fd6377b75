package import CentrifugoProxy
import Foundation
package import Logging

#if Tokens
package import ProxyTokens
#endif
#if SQLite
import ProxyTokensSQLite
#endif
#if PostgreSQL
import ProxyTokensPostgreSQL
#endif
#if JWT
import ProxyTokensJWT
#endif

extension Policy {
    /// The events that the policy has rules for.
    package var events: [ProxyEvent] {
        var events: [ProxyEvent] = []
        if connect != nil { events.append(.connect) }
        if connect != nil, tokens != nil { events.append(.refresh) }
        if !topics.isEmpty { events.append(.subscribe) }
        if hasLifetimes { events.append(.subRefresh) }
        if topics.contains(where: { $0.publish != .nobody }) { events += [.publish, .mapPublish, .mapRemove] }
        if rpc != nil { events.append(.rpc) }
        return events
    }

    /// The patterns of all channels that there are rules for.
    package var patterns: [String] {
        topics.map(\.pattern) + (connect?.channels ?? []).map(\.pattern)
    }

    /// Whether subscriptions are looked at again.
    var hasLifetimes: Bool {
        topics.contains { $0.lifetime != nil } || connect?.channels.contains { $0.lifetime != nil } ?? false
    }

    /// Rules about channels; nil when there are none.
    func makeTopics() throws -> TopicRouter? {
        guard !topics.isEmpty else { return nil }
        var registry = TopicRegistry()
        for (index, topic) in topics.enumerated() {
            let rule = TopicRule.allow(
                topic.who.access ?? TopicAccess { _, _, _ in false },
                publish: topic.publish.access,
                maxPublicationSize: topic.size.bytes,
                lifetime: topic.lifetime?.duration,
                options: SubscribeResult(expireAt: 0, override: topic.options?.override)
            )
            do {
                try registry.register(topic.pattern, rule)
            } catch {
                throw PolicyError("topics[\(index)]: \(error)")
            }
        }
        return TopicRouter(registry)
    }

    /// The channels that clients are subscribed to as they connect.
    func makeChannels(logger: Logger) throws -> AutomaticChannels {
        var channels = AutomaticChannels(logger: logger)
        for (index, channel) in (connect?.channels ?? []).enumerated() {
            do {
                try channels.add(
                    channel.pattern,
                    options: SubscribeOptions(expireAt: 0, override: channel.options?.override),
                    lifetime: channel.lifetime?.duration,
                    roles: Set(channel.roles)
                )
            } catch {
                throw PolicyError("connect.channels[\(index)]: \(error)")
            }
        }
        return channels
    }

    #if Tokens
    /// Who may connect; nil when nobody is asked about it.
    func makeSessions(_ verifier: (any TokenVerifier)?, logger: Logger) throws -> (any Rules.Sessions)? {
        guard let connect else { return nil }
        let channels = try makeChannels(logger: logger)
        guard let verifier, let tokens else { return AnonymousSessions(channels: channels) }
        var configuration = TokenSessions.Configuration()
        configuration.dataKey = tokens.dataKey
        configuration.metadataKey = tokens.metadataKey
        configuration.sessionInterval = connect.session.duration
        configuration.subscriptionInterval = connect.session.duration
        configuration.subscriptions = { channels.subscriptions(user: $0.user, roles: Set($0.roles), claims: $0.claims) }
        configuration.meta = { token in
            token.roles.isEmpty ? .empty : try .json(ConnectionRoles(token.roles))
        }
        if connect.anonymous {
            configuration.anonymous = { _ in ConnectResult(subs: channels.subscriptions(user: "")) }
        }
        return TokenSessions(verifier, configuration: configuration, logger: logger)
    }

    /// Where tokens are looked up; nil without tokens.
    func makeVerifier(logger: Logger) async throws -> (any TokenVerifier)? {
        if let jwt = tokens?.jwt { return try await Self.makeVerifier(jwt, logger: logger) }
        return try makeStorage(logger: logger)
    }

    /// Where tokens are kept; nil when there are none, or they are signed.
    package func makeStorage(logger: Logger) throws -> (any TokenStorage)? {
        if let sqlite = tokens?.sqlite {
            #if SQLite
            return try SQLiteTokenStorage(path: sqlite.file)
            #else
            throw Self.missing("tokens.sqlite", trait: "SQLite")
            #endif
        }
        if let postgres = tokens?.postgres {
            #if PostgreSQL
            var configuration = PostgreSQLTokenStorage.Configuration(postgres.connection.text)
            configuration.connections = postgres.connections
            return try PostgreSQLTokenStorage(configuration, logger: logger)
            #else
            throw Self.missing("tokens.postgres", trait: "PostgreSQL")
            #endif
        }
        return nil
    }

    static func makeVerifier(_ jwt: JWTPolicy, logger: Logger) async throws -> any TokenVerifier {
        #if JWT
        var configuration = JWTVerifier.Configuration()
        configuration.issuer = jwt.issuer
        configuration.audience = jwt.audience
        configuration.rolesClaim = jwt.rolesClaim
        if let file = jwt.jwks {
            return try await JWTVerifier(keyFile: file, configuration: configuration, logger: logger)
        }
        func key(_ place: String, _ make: () throws -> JWTKey) throws -> JWTKey {
            do { return try make() } catch { throw PolicyError("tokens.jwt.\(place): \(error)") }
        }
        var keys: [JWTKey] = []
        if let secret = jwt.hmac { keys.append(try key("hmac") { try .hmac([UInt8](secret.text.utf8)) }) }
        for file in jwt.rsa { keys.append(try key("rsa, \(file)") { try .rsa(pem: pem(file)) }) }
        for file in jwt.ec { keys.append(try key("ec, \(file)") { try .ec(pem: pem(file)) }) }
        return try await JWTVerifier(keys: keys, configuration: configuration)
        #else
        throw missing("tokens.jwt", trait: "JWT")
        #endif
    }
    #endif

    private static func pem(_ file: String) throws -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw PolicyError("The file cannot be read; give a PEM file with a public key.")
        }
        return text
    }

    static func missing(_ key: String, trait: String) -> PolicyError {
        PolicyError("\(key) is not part of this build; build centrifugo-proxy with --traits \(trait).")
    }
}

extension OptionsPolicy {
    fileprivate var override: SubscribeOptionOverride {
        SubscribeOptionOverride(
            presence: presence,
            joinLeave: joinLeave,
            forceRecovery: forceRecovery,
            forcePositioning: forcePositioning,
            forcePushJoinLeave: forcePushJoinLeave
        )
    }
}
