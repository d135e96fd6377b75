import ArgumentParser
import Foundation

/// The options for the secret that peers must send.
struct SecretOptions: ParsableArguments {
    @Option(help: "The metadata key of the shared secret: credentials_key in Centrifugo's grpc options.")
    var secretKey: String?

    @Option(help: "A file with the secret's value; several accepted values, one per line.")
    var secretFile: String?

    func validate() throws {
        guard (secretKey == nil) == (secretFile == nil) else {
            throw ValidationError("--secret-key and --secret-file go together: give both, or none to serve everybody.")
        }
        if let secretFile, (try? String(contentsOfFile: secretFile, encoding: .utf8)) == nil {
            throw ValidationError("--secret-file \(secretFile) cannot be read; give a text file, one value per line.")
        }
    }

    /// The key and the file; nil without the options.
    var given: (key: String, file: String)? {
        guard let secretKey, let secretFile else { return nil }
        return (secretKey, secretFile)
    }
}
