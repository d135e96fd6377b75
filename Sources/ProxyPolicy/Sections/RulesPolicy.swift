/// Where tokens are stored or checked: one of `sqlite`, `postgres` and `jwt`.
struct TokensPolicy: Codable, Equatable, Sendable {
    var sqlite: SQLitePolicy?
    var postgres: PostgresPolicy?
    var jwt: JWTPolicy?
    /// The key of the token in the data that a client connects with.
    var dataKey: String
    /// The metadata key of `Bearer …`, when the token is not in the data.
    var metadataKey: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sqlite, postgres, jwt
        case dataKey = "data_key"
        case metadataKey = "metadata_key"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        sqlite = try fields.section(.sqlite)
        postgres = try fields.section(.postgres)
        jwt = try fields.section(.jwt)
        dataKey = try fields.value(.dataKey, or: "authToken")
        metadataKey = try fields.optional(.metadataKey)
        // gRPC over HTTP/2: Custom-Metadata. No call can have another key.
        if let metadataKey,
            metadataKey.contains(where: { !($0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))) })
        {
            throw fields.mistake(
                .metadataKey,
                "is \"\(metadataKey)\", which is not a metadata key; use letters, digits and -_. only"
            )
        }
        guard [sqlite != nil, postgres != nil, jwt != nil].count(where: { $0 }) == 1 else {
            throw DecodingError.mistake("needs one of sqlite, postgres and jwt", at: decoder.codingPath)
        }
    }
}

/// Tokens in one file.
struct SQLitePolicy: Codable, Equatable, Sendable {
    var file: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case file
    }

    init(from decoder: any Decoder) throws {
        file = try StrictSection<CodingKeys>(decoder).required(.file)
    }
}

/// Tokens in a database that replicas share.
struct PostgresPolicy: Codable, Equatable, Sendable {
    /// libpq's connection string, which may hold a password.
    var connection: Secret
    var connections: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
        case connection, connections
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        connection = try fields.required(.connection)
        connections = try fields.number(.connections, in: 1...1_000) ?? 4
    }
}

/// Which clients may connect, for how long, and the channels of a connection.
struct ConnectPolicy: Codable, Equatable, Sendable {
    /// Whether clients without a token are accepted, as anonymous users.
    var anonymous: Bool
    /// The time after which a connection is checked again.
    var session: TimeSpan
    var channels: [AutomaticPolicy]
    /// The HTTP server that is asked about each client, in place of tokens.
    var http: ConnectHTTPPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case anonymous, session, channels, http
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        anonymous = try fields.value(.anonymous, or: false)
        session = try fields.time(.session, in: .seconds(2)...longestLifetime) ?? TimeSpan(.seconds(300))
        channels = try fields.list(.channels) ?? []
        http = try fields.section(.http)
        guard http != nil else { return }
        if anonymous { throw fields.mistake(.anonymous, "applies only to tokens, and http decides here; remove it") }
        if try fields.optional(.session, as: TimeSpan.self) != nil {
            throw fields.mistake(
                .session,
                "applies only to tokens; remove it, and let the server of http give expire_at"
            )
        }
    }
}

/// The longest time until something is checked again: Centrifugo's own limit, in whole seconds.
let longestLifetime = Duration.seconds(365 * 86_400)
private let lifetimes = Duration.seconds(1)...longestLifetime

/// A channel that clients are subscribed to when they connect.
struct AutomaticPolicy: Codable, Equatable, Sendable {
    /// The parameters that have a value here.
    static let parameters: Set = ["user"]

    var pattern: String
    /// Nil means every user.
    var roles: [String]?
    var lifetime: TimeSpan?
    var options: OptionsPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pattern, roles, lifetime, options
    }

    init(from decoder: any Decoder) throws {
        // A pattern alone needs no key.
        if let pattern = try? decoder.singleValueContainer().decode(String.self) {
            self.pattern = pattern
            return
        }
        let fields = try StrictSection<CodingKeys>(decoder)
        pattern = try fields.required(.pattern)
        // Only leaving the roles out makes it a channel for every user.
        roles = try fields.names(.roles)
        lifetime = try fields.time(.lifetime, in: lifetimes)
        options = try fields.section(.options)
    }
}

/// What users may do in the channels of a pattern.
struct TopicPolicy: Codable, Equatable, Sendable {
    var pattern: String
    /// The users that may subscribe.
    var who: AccessRule
    /// The users that may publish; `true` means the users that may subscribe.
    var publish: AccessRule
    /// The most bytes of a publication.
    var size: ByteSize
    /// The time after which a subscription is checked again.
    var lifetime: TimeSpan?
    var options: OptionsPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pattern, who, publish, size, lifetime, options
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        pattern = try fields.required(.pattern)
        who = try fields.required(.who)
        size = try fields.size(.size, in: 1...1 << 30) ?? ByteSize(65_536)
        lifetime = try fields.time(.lifetime, in: lifetimes)
        options = try fields.section(.options)
        if let publishes = try? fields.optional(.publish, as: Bool.self) {
            publish = publishes ? who : .nobody
        } else {
            publish = try fields.value(.publish, or: .nobody)
        }
    }
}

/// Methods that clients may call.
struct RPCPolicy: Codable, Equatable, Sendable {
    /// Whether `ping` answers `{"pong":true}`.
    var ping: Bool
    var http: HTTPPolicy?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case ping, http
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        ping = try fields.value(.ping, or: false)
        http = try fields.section(.http)
    }
}

/// The options of subscriptions; those left out are as in Centrifugo's namespace.
struct OptionsPolicy: Codable, Equatable, Sendable {
    var presence: Bool?
    var joinLeave: Bool?
    var forceRecovery: Bool?
    var forcePositioning: Bool?
    var forcePushJoinLeave: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case presence
        case joinLeave = "join_leave"
        case forceRecovery = "force_recovery"
        case forcePositioning = "force_positioning"
        case forcePushJoinLeave = "force_push_join_leave"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        presence = try fields.optional(.presence)
        joinLeave = try fields.optional(.joinLeave)
        forceRecovery = try fields.optional(.forceRecovery)
        forcePositioning = try fields.optional(.forcePositioning)
        forcePushJoinLeave = try fields.optional(.forcePushJoinLeave)
    }
}
