#if Tokens
import ArgumentParser
import CentrifugoProxy
import Foundation
import Logging
import ProxyPolicy
import ProxyTokens
import Scaffolding

/// Creates, lists and revokes the tokens in a policy's storage.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke tokens.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// Creates a token and prints it; it cannot be recovered later.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token and print it; it is never shown again.")

        @OptionGroup
        var policy: PolicyOptions

        @Argument(help: "The id of the user that it is for.")
        var user: String

        @Option(name: .customLong("role"), help: "A role of the user; may be given several times.")
        var roles: [String] = []

        @Option(help: "How long it is valid: 90s, 10min, 12h, 30d, or never.")
        var expires = "30d"

        func validate() throws {
            if expires != "never" { _ = try TokenCommand.duration(expires) }
        }

        func run() async throws {
            let lifetime = expires == "never" ? nil : try TokenCommand.duration(expires)
            try await TokenCommand.withStorage(policy) { storage in
                let issued = try await storage.create(user: user, roles: roles, expiresIn: lifetime)
                do {
                    try StandardOutput.say(issued.secret.text)
                } catch let error as StandardStreamError {
                    await TokenCommand.takeBack(issued.token, from: storage)
                    throw error
                }
            }
        }
    }

    /// Prints one line for each token.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tokens: reference, user, roles, times of creation and end."
        )

        @OptionGroup
        var policy: PolicyOptions

        @Option(help: "Only the tokens of this user.")
        var user: String?

        func run() async throws {
            try await TokenCommand.withStorage(policy) { storage in
                try StandardOutput.say("REFERENCE\tUSER\tROLES\tCREATED\tENDS")
                for token in try await storage.list(of: user) {
                    let roles = token.roles.isEmpty ? "-" : token.roles.joined(separator: ",")
                    let end = token.expireAt.map(TokenCommand.time) ?? "never"
                    let created = TokenCommand.time(token.createdAt)
                    let fields = [token.reference, token.user, roles, created, end].map(\.printable)
                    try StandardOutput.say(fields.joined(separator: "\t"))
                }
            }
        }
    }

    /// Revokes tokens: their connections end when Centrifugo next asks about them.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token by its reference, or all tokens of a user."
        )

        @OptionGroup
        var policy: PolicyOptions

        @Argument(help: "The reference, as list shows it.")
        var reference: String?

        @Option(help: "All tokens of this user.")
        var user: String?

        func validate() throws {
            guard (reference == nil) != (user == nil) else {
                throw ValidationError("Give a reference, or --user with the id of a user.")
            }
        }

        func run() async throws {
            try await TokenCommand.withStorage(policy) { storage in
                if let user {
                    let count = try await storage.deleteAll(of: user)
                    guard count > 0 else { throw PolicyError("The user \(user.printable) has no tokens.") }
                    try StandardOutput.say("revoked \(count)")
                } else if let reference {
                    guard try await storage.delete(reference: reference) else {
                        throw PolicyError(
                            """
                            There is no token with the reference \(reference.printable), which list shows; write --user \
                            \(reference.printable) for all tokens of a user.
                            """
                        )
                    }
                    try StandardOutput.say("revoked 1")
                }
            }
        }
    }

    /// Moves a reference after all options and `--`: one in 64 begins with a dash, and would be read as options.
    static func withReferenceLast(_ arguments: [String]) -> [String] {
        guard arguments.starts(with: ["token", "revoke"]), !arguments.contains("--"),
            let place = arguments.firstIndex(where: { $0.hasPrefix("-") && TokenDigest.isReference($0) })
        else { return arguments }
        var arguments = arguments
        let reference = arguments.remove(at: place)
        return arguments + ["--", reference]
    }

    /// Opens the storage of the policy.
    private static func withStorage(
        _ options: PolicyOptions,
        _ body: (any TokenStorage) async throws -> Void
    ) async throws {
        do {
            let policy = try options.givenOrStarter()
            var logger = Logger(label: "centrifugo-proxy") { StreamLogHandler.standardError(label: $0) }.printable
            // Failures are thrown as well, and should be reported once.
            logger.logLevel = .critical
            guard let storage = try policy.makeStorage(logger: logger) else {
                throw PolicyError(
                    "The policy keeps no tokens; add tokens.sqlite or tokens.postgres (signed tokens are not kept)."
                )
            }
            try await body(storage)
        } catch {
            throw PolicyOptions.failure(error)
        }
    }

    /// Revokes a token that could not be printed, so that nobody has it.
    private static func takeBack(_ token: Token, from storage: any TokenStorage) async {
        do {
            try await storage.delete(reference: token.reference)
            StandardError.complain("The token could not be printed, and has been revoked.")
        } catch {
            StandardError.complain(
                "The token could not be printed; revoke it, since nobody has it: token revoke \(token.reference)."
            )
        }
    }

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = Policy.duration(text), duration > .zero else {
            throw ValidationError("--expires \(text) is not a duration: write for example 90s, 12h, 30d or never.")
        }
        return duration
    }

    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
#endif
