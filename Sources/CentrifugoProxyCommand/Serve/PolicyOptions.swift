import ArgumentParser
import Foundation
import ProxyPolicy
import Scaffolding

/// The option that names the policy file.
struct PolicyOptions: ParsableArguments {
    @Option(
        help: """
            The policy file, in YAML: what to listen on, and the rules; by default CENTRIFUGO_PROXY_CONFIG. Other \
            CENTRIFUGO_PROXY_… variables take precedence over the file.
            """
    )
    var config: String?

    /// The policy file's name.
    var file: String? {
        config ?? ProcessInfo.processInfo.environment["CENTRIFUGO_PROXY_CONFIG"]
    }

    /// The policy in force; nil without a file.
    func given() throws -> Policy? {
        try file.map { try Self.policy(in: $0, warn: StandardError.complain) }
    }

    /// The policy in force; the starter rules without a file.
    func givenOrStarter() throws -> Policy {
        try Self.policy(in: file, warn: StandardError.complain)
    }

    /// Reads the policy in force.
    ///
    /// - Parameters:
    ///   - file: The file; nil for the starter rules.
    ///   - warn: Called with a sentence about each environment variable that is ignored.
    /// - Returns: The policy with the settings of environment variables.
    /// - Throws: `PolicyError` for a file or variable that cannot be used.
    static func policy(in file: String?, warn: (String) -> Void = { _ in }) throws -> Policy {
        try (file.map { try Policy(file: $0) } ?? Policy.starter).overridden(warn: warn)
    }

    /// The error that explains why the command failed.
    static func failure(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError || error is CleanExit || error is StandardStreamError {
            return error
        }
        StandardError.complain("\(error)")
        return ExitCode.failure
    }
}
