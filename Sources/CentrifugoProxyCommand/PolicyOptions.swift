import ArgumentParser
import Foundation
import ProxyPolicy

/// The option that names the policy file.
struct PolicyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The policy file, in YAML: what to listen on, and the rules.",
            discussion: "CENTRIFUGO_PROXY_CONFIG unless given; other CENTRIFUGO_PROXY_… variables go before the file."
        )
    )
    var config: String?

    /// The policy file's name.
    var file: String? {
        config ?? ProcessInfo.processInfo.environment["CENTRIFUGO_PROXY_CONFIG"]
    }

    /// The policy that counts.
    ///
    /// - Throws: `ExitCode`, when the reason is said.
    func policy() throws -> Policy {
        guard let file else {
            throw ValidationError("Name the policy file: --config FILE, or CENTRIFUGO_PROXY_CONFIG.")
        }
        return try Self.orExit { try Policy(file: file).overridden() }
    }

    /// Does something; what it throws is said in one line, and ends the process.
    static func orExit<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw failure(error)
        }
    }

    /// Says why the command cannot do what it should.
    static func failure(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError || error is CleanExit { return error }
        FileHandle.standardError.write(Data("centrifugo-proxy: \(error)\n".utf8))
        return ExitCode.failure
    }
}
