import CentrifugoProxy

/// Which users may do something in a channel: `anyone`, `authenticated`, `owner`, `nobody`, or `roles: [staff]`.
enum AccessRule: Codable, Equatable, Sendable {
    case nobody
    case anyone
    case authenticated
    /// The user that the channel's parameter `user` names.
    case owner
    case roles([String])

    private static let words: [String: AccessRule] = [
        "nobody": .nobody, "anyone": .anyone, "authenticated": .authenticated, "owner": .owner,
    ]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case roles
    }

    init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard let who = Self.words[word] else {
                throw DecodingError.mistake(
                    "is \"\(word)\"; choose anyone, authenticated, owner, nobody, or roles: [NAME]",
                    at: decoder.codingPath
                )
            }
            self = who
            return
        }
        let fields = try StrictSection<CodingKeys>(decoder)
        guard let roles = try fields.names(.roles) else { throw fields.mistake(.roles, "is missing") }
        self = .roles(roles)
    }

    func encode(to encoder: any Encoder) throws {
        if case .roles(let roles) = self {
            var container = encoder.container(keyedBy: CodingKeys.self)
            return try container.encode(roles, forKey: .roles)
        }
        var container = encoder.singleValueContainer()
        try container.encode(Self.words.first { $0.value == self }?.key)
    }

    /// The access for topic rules; nil means nobody.
    var access: TopicAccess? {
        switch self {
        case .nobody: nil
        case .anyone: .anyone
        case .authenticated: .authenticated
        case .owner: .owner()
        case .roles(let roles):
            .roles(in: roles) { request, context in
                if request.meta.isEmpty { context.refusalReason = .noMeta }
                return ConnectionRoles(meta: request.meta).roles
            }
        }
    }
}

/// The roles of a connection's user, as stored in its `meta`.
struct ConnectionRoles: Codable {
    /// The name under which the roles are stored.
    static let key = "roles"

    // Not a set, which would merge two spellings that Swift considers equal.
    var roles: [String] = []

    init(_ roles: [String]) {
        self.roles = roles
    }

    init(meta: Payload) {
        self = (try? meta.decode(Self.self)) ?? Self([])
    }
}

extension AccessRule {
    /// The rule in the policy's words.
    var words: String {
        switch self {
        case .roles(let roles): "{roles: [\(roles.joined(separator: ", "))]}"
        default: Self.words.first { $0.value == self }?.key ?? ""
        }
    }
}
