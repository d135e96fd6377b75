#if Tokens
import CentrifugoProxy
import Foundation
package import Logging
package import ProxyTokens

#if SQLite
import ProxyTokensSQLite
#endif
#if PostgreSQL
import ProxyTokensPostgreSQL
#endif
#if JWT
import ProxyTokensJWT
#endif

/// The handlers and storages that the policy's tokens need.
extension Policy {
    /// The handlers of connections; nil without rules for them.
    func makeSessions(
        _ verifier: (any TokenVerifier)?,
        channels: AutomaticChannels,
        logger: Logger
    ) -> (any Rules.Sessions)? {
        guard let connect else { return nil }
        guard let verifier, let tokens else { return AnonymousSessions(channels: channels) }
        var configuration = TokenSessions.Configuration()
        configuration.dataKey = tokens.dataKey
        configuration.metadataKey = tokens.metadataKey
        configuration.sessionInterval = connect.session.duration
        configuration.subscriptionInterval = connect.session.duration
        configuration.subscriptions = { token in
            let automatic = channels.subscriptions(user: token.user, roles: Set(token.roles), claims: token.claims)
            // Of a channel that both name, the policy's options apply.
            return (token.connection?.subscriptions ?? [:]).merging(automatic) { $1 }
        }
        configuration.meta = { token in
            let meta = token.connection?.meta ?? .empty
            guard !token.roles.isEmpty else { return meta }
            return try ConnectionMeta.adding(token.roles, under: ConnectionRoles.key, to: meta)
        }
        if connect.anonymous {
            configuration.anonymous = { _ in ConnectResult(subs: channels.subscriptions(user: "")) }
        }
        return TokenSessions(verifier, configuration: configuration, logger: logger)
    }

    /// The verifier of tokens; nil without tokens.
    ///
    /// Everything is read and opened again.
    ///
    /// - Parameters:
    ///   - old: What the previous policy has open, if there was one.
    ///   - before: The previous policy.
    ///   - logger: Receives the verifier's log lines.
    /// - Returns: The verifier.
    /// - Throws: An error whose sentence names the key or the storage that cannot be used.
    func makeVerifier(
        after old: (any TokenVerifier)? = nil,
        of before: Policy? = nil,
        logger: Logger
    ) async throws -> (any TokenVerifier)? {
        #if JWT
        if let jwt = tokens?.jwt {
            let verifier = try await Self.makeVerifier(jwt, replacing: old as? JWTVerifier, logger: logger)
            #if HTTPBridge
            // At the start, the server waits for the keys while it serves; a running one keeps what works.
            if before != nil { try await verifier.requireKeys() }
            #endif
            return verifier
        }
        #endif
        #if SQLite
        if let file = tokens?.sqlite?.file, before?.tokens?.sqlite?.file.isExactly(file) == true,
            let storage = old as? SQLiteTokenStorage
        {
            return try storage.reopened()
        }
        #endif
        return try makeStorage(logger: logger)
    }

    /// The token storage; nil without tokens, or when they are signed.
    package func makeStorage(logger: Logger) throws -> (any TokenStorage)? {
        try requireStorage()
        #if SQLite
        if let sqlite = tokens?.sqlite {
            return try SQLiteTokenStorage(path: sqlite.file)
        }
        #endif
        #if PostgreSQL
        if let postgres = tokens?.postgres {
            var configuration = PostgreSQLTokenStorage.Configuration(postgres.connection.text)
            configuration.connections = postgres.connections
            return try PostgreSQLTokenStorage(configuration, logger: logger)
        }
        #endif
        return nil
    }

    #if JWT
    static func makeVerifier(
        _ jwt: JWTPolicy,
        replacing old: JWTVerifier? = nil,
        logger: Logger
    ) async throws -> JWTVerifier {
        try jwt.requireKeys()
        var configuration = JWTVerifier.Configuration()
        configuration.issuer = jwt.issuer
        configuration.audiences = jwt.audience ?? []
        configuration.userClaim = jwt.userClaim
        configuration.rolesClaim = jwt.rolesClaim
        if jwt.claims != nil {
            configuration.readsCentrifugoClaims = true
            // As in Centrifugo, where such a connection does not expire.
            configuration.requiresExpiration = false
            // A token names its roles by its claim of roles alone.
            configuration.reservedMetaNames = ["token", ConnectionRoles.key]
        }
        #if HTTPBridge
        if let url = jwt.jwks, jwt.hasKeySetURL {
            return try JWTVerifier(
                keySetURL: url,
                allowsPlainHTTP: jwt.jwksAllowHTTP,
                certificateAuthorities: jwt.jwksCA,
                replacing: old,
                configuration: configuration,
                logger: logger
            )
        }
        #endif
        if let file = jwt.jwks {
            return try await JWTVerifier(keyFile: file, configuration: configuration, logger: logger)
        }
        func key(_ place: String, _ make: () throws -> JWTKey) throws -> JWTKey {
            do { return try make() } catch { throw PolicyError("tokens.jwt.\(place): \(error)") }
        }
        var keys: [JWTKey] = []
        if let secret = jwt.hmac { keys.append(try key("hmac") { try .hmac([UInt8](secret.text.utf8)) }) }
        if let file = jwt.hmacFile {
            keys.append(try key("hmac_file, \(file)") { try .hmac(secret(in: file)) })
        }
        for file in jwt.rsa { keys.append(try key("rsa, \(file)") { try .rsa(pem: pem(file)) }) }
        for file in jwt.ec { keys.append(try key("ec, \(file)") { try .ec(pem: pem(file)) }) }
        return try await JWTVerifier(keys: keys, configuration: configuration, logger: logger)
    }

    /// The bytes of a file, without the end of its last line: editors add one.
    private static func secret(in file: String) throws -> [UInt8] {
        guard var bytes = FileManager.default.contents(atPath: file) else {
            throw PolicyError("The file cannot be read; give a file with the secret.")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return Array(bytes)
    }

    private static func pem(_ file: String) throws -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw PolicyError("The file cannot be read; give a PEM file with a public key.")
        }
        return text
    }
    #endif
}
#endif
