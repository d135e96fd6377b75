import CentrifugoProxy
import Foundation
package import ProxyAdmin

/// The listener for operators.
struct AdminPolicy: Codable, Equatable, Sendable {
    var listener: ListenerPolicy
    /// A file with the token that metrics ask for.
    var tokenFile: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case tcp, unix, mode, tls
        case tokenFile = "token_file"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        tokenFile = try fields.optional(.tokenFile)
        listener = try ListenerPolicy(
            tcp: fields.optional(.tcp),
            unix: fields.optional(.unix),
            mode: fields.optional(.mode),
            tls: fields.section(.tls),
            at: decoder.codingPath
        )
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(listener.tcp, forKey: .tcp)
        try container.encodeIfPresent(listener.unix, forKey: .unix)
        try container.encodeIfPresent(listener.mode, forKey: .mode)
        try container.encodeIfPresent(listener.tls, forKey: .tls)
        try container.encodeIfPresent(tokenFile, forKey: .tokenFile)
    }

    init(listener: ListenerPolicy) {
        self.listener = listener
    }

    /// Reads the token.
    /// - Throws: ``PolicyError`` when there is none.
    func token() throws(PolicyError) -> String? {
        guard let tokenFile else { return nil }
        let text = try? String(contentsOfFile: tokenFile, encoding: .utf8)
        let token = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard !token.isEmpty, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw PolicyError(
                "The admin listener's token file \(tokenFile) has no token; write one of printable ASCII into it."
            )
        }
        return token
    }
}

extension Policy {
    /// The configuration of the listener for operators; nil without one.
    ///
    /// - Throws: ``PolicyError`` when its token cannot be read.
    package func makeAdminConfiguration() throws -> AdminServer.Configuration? {
        guard let admin, let listener = try admin.listener.listeners().first else { return nil }
        return AdminServer.Configuration(listener: listener, token: try admin.token())
    }

    /// Whether the environment asks for the listener for operators.
    package static var hasAdminVariable: Bool {
        ProcessInfo.processInfo.environment["CENTRIFUGO_PROXY_ADMIN_LISTEN"] != nil
    }

    /// Reads the token of the listener for operators again; nil without one.
    ///
    /// - Throws: ``PolicyError`` when it cannot be read.
    package func readAdminToken() throws(PolicyError) -> String? {
        try admin?.token()
    }
}
