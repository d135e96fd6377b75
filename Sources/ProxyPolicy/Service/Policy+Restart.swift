import Foundation

extension Policy {
    /// The sections that the server itself is made from when it starts.
    static let startSections: [(name: String, isSame: @Sendable (Policy, Policy) -> Bool)] = [
        ("listeners", { isSame($0.listeners, $1.listeners) }),
        ("limits", { isSame($0.limits, $1.limits) }),
        ("log", { isSame($0.log, $1.log) }),
        ("admin", { isSame($0.admin, $1.admin) }),
        ("tracing", { isSame($0.tracing, $1.tracing) }),
        ("executor", { isSame($0.executor, $1.executor) }),
    ]

    /// The sections of another policy that only a restart puts into force, because this policy made the server.
    ///
    /// - Parameters:
    ///   - other: The policy that was read again.
    ///   - secretIsInForce: Whether its secret is in force.
    /// - Returns: The sections' names.
    func changesForRestart(to other: Policy, secretIsInForce: Bool) -> [String] {
        var names = Self.startSections.filter { !$0.isSame(self, other) }.map(\.name)
        if secretIsInForce {
            if secret?.coversHealth != other.secret?.coversHealth { names.append("secret.covers_health") }
        } else if !isSame(secret, other.secret) {
            names.append("secret")
        }
        return names
    }
}

extension TokensPolicy {
    /// The key of the section that says where tokens are.
    var source: String {
        sqlite != nil ? "tokens.sqlite" : postgres != nil ? "tokens.postgres" : "tokens.jwt"
    }
}

/// Whether two sections are equal in their bytes: a file or issuer whose name merely looks the same is another one.
func isSame<Section: Codable & Equatable>(_ left: Section?, _ right: Section?) -> Bool {
    // Secrets, which are not encoded, are already compared by their bytes.
    guard left == right else { return false }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let left = try? encoder.encode(left), let right = try? encoder.encode(right) else { return false }
    return left == right
}
