public import ProxyMessages

/// Decides which users may do something in a channel.
public struct TopicAccess: Sendable {
    /// Decides for one request.
    public typealias Check =
        @Sendable (_ request: any ChannelRequest, _ topic: TopicMatch, _ context: CallContext) async throws -> Bool

    let allows: Check
    /// Why other users are refused, unless `allows` has set a reason itself.
    private(set) var reason: RefusalReason
    /// The parameters that the pattern must have.
    private(set) var parameters: Set<String> = []

    /// Makes an access that a closure decides.
    ///
    /// - Parameters:
    ///   - reason: Why other users are refused, for the access log; the closure may set another one by
    ///     ``CallContext/refusalReason``.
    ///   - allows: Decides for one request.
    public init(reason: RefusalReason = .noRule, _ allows: @escaping Check) {
        self.allows = allows
        self.reason = reason
    }

    /// Every user, including anonymous ones.
    public static let anyone = TopicAccess { _, _, _ in true }

    /// Every user except anonymous ones.
    public static let authenticated = TopicAccess(reason: .noToken) { request, _, _ in !request.user.isEmpty }

    /// The user whose id is a parameter of the channel, character by character.
    ///
    /// A pattern without that parameter is refused when it is registered.
    public static func owner(_ parameter: String = "user") -> TopicAccess {
        var access = TopicAccess(reason: .notOwner) { request, topic, _ in
            guard !request.user.isEmpty, let owner = topic[parameter] else { return false }
            return request.user.isExactly(owner)
        }
        access.parameters = [parameter]
        return access
    }

    /// Users with at least one of some roles.
    ///
    /// Roles are compared by their bytes. A `Set` of strings keeps only one of two that Swift considers equal but that
    /// differ in their bytes, such as "é" and "e" with an accent, so spell each role in one way.
    ///
    /// - Parameters:
    ///   - roles: The accepted roles.
    ///   - rolesOf: Returns the roles of the request's user, for example from its `meta`.
    /// - Returns: The access.
    public static func roles(
        _ roles: Set<String>,
        of rolesOf: @escaping @Sendable (any ChannelRequest, CallContext) async throws -> Set<String>
    ) -> TopicAccess {
        self.roles(in: Array(roles)) { request, context in Array(try await rolesOf(request, context)) }
    }

    /// Users with at least one of some roles, given as lists that keep roles with different bytes apart.
    package static func roles(
        in roles: [String],
        of rolesOf: @escaping @Sendable (any ChannelRequest, CallContext) async throws -> [String]
    ) -> TopicAccess {
        let roles = Set(roles.map(ExactText.init))
        return TopicAccess(reason: .roleMissing) { request, _, context in
            try await rolesOf(request, context).contains { roles.contains(ExactText($0)) }
        }
    }

    /// The users that any of these allows, checked in order.
    public static func any(_ accesses: TopicAccess...) -> TopicAccess {
        var access = TopicAccess { request, topic, context in
            for access in accesses where try await access.allows(request, topic, context) { return true }
            return false
        }
        access.reason = accesses.first?.reason ?? .noRule
        access.parameters = accesses.reduce(into: []) { $0.formUnion($1.parameters) }
        return access
    }

    /// Throws `CentrifugoError.permissionDenied` unless the request is allowed.
    func check(_ request: any ChannelRequest, _ topic: TopicMatch, _ context: CallContext) async throws {
        guard try await isAllowed(request, topic, context) else { throw CentrifugoError.permissionDenied }
    }

    /// Whether the request is allowed; if not, sets the call's reason.
    func isAllowed(_ request: any ChannelRequest, _ topic: TopicMatch, _ context: CallContext) async throws -> Bool {
        if try await allows(request, topic, context) { return true }
        context.refusalReason = context.refusalReason ?? reason
        return false
    }
}
