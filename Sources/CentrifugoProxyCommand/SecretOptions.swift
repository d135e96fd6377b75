import ArgumentParser
import CentrifugoProxy
import Foundation

/// The options that say what peers have to know.
struct SecretOptions: ParsableArguments {
    @Option(help: "The metadata key of the shared secret: credentials_key in Centrifugo's grpc options.")
    var secretKey: String?

    @Option(help: "A file with the secret's value; several accepted values stand on lines of their own.")
    var secretFile: String?

    func validate() throws {
        guard (secretKey == nil) == (secretFile == nil) else {
            throw ValidationError("--secret-key and --secret-file go together: give both, or none to serve everybody.")
        }
        _ = try values()
    }

    /// The secret that the options ask for; nil without them.
    func secret() throws -> SharedSecret? {
        guard let secretKey, let values = try values() else { return nil }
        return try SharedSecret(metadataKey: secretKey, values: values)
    }

    private func values() throws(ValidationError) -> [String]? {
        guard let secretFile else { return nil }
        guard let text = try? String(contentsOfFile: secretFile, encoding: .utf8) else {
            throw ValidationError("--secret-file \(secretFile) cannot be read; give a text file with one value a line.")
        }
        return text.split(whereSeparator: \.isNewline).map(String.init)
    }
}
