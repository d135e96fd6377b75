import ArgumentParser
import CentrifugoModel
import Foundation

/// Options for reading Centrifugo's configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("env"),
        help: """
            Environment variables of Centrifugo's process, as lines of NAME=VALUE; may be given several times. They take \
            precedence over the file, and later files over earlier ones.
            """,
        completion: .file()
    )
    var environments: [String] = []

    @Option(help: "The configuration's format; by default the file's extension tells it.")
    var form: ConfigurationForm?

    /// The variables of all environment files.
    func variables() throws -> [String: String] {
        var variables: [String: String] = [:]
        for file in environments {
            let more = try ConfigurationFileError.reading(file) { data throws(ConfigurationError) in
                try ConfigurationSource(data, form: .env).variables
            }
            variables.merge(more) { $1 }
        }
        return variables
    }

    /// Reads a file of Centrifugo's configuration.
    func source(_ file: String) throws -> ConfigurationSource {
        try ConfigurationFileError.reading(file) { data throws(ConfigurationError) in
            guard let form = form ?? ConfigurationForm(fileName: file) else {
                throw ConfigurationError(
                    "its extension is not that of a format that Centrifugo reads; name the file .json, .yaml, .toml or "
                        + ".env, or name the format by --form",
                    stopsCentrifugo: true
                )
            }
            return try ConfigurationSource(data, form: form)
        }
    }
}

extension ConfigurationForm: ExpressibleByArgument {}

/// A file that cannot be read as Centrifugo's configuration.
struct ConfigurationFileError: Error, CustomStringConvertible {
    /// Larger than any configuration, in bytes.
    private static let largest = 16 << 20

    let name: String
    let mistake: ConfigurationError

    var description: String {
        let place = mistake.line.map { "\(name), line \($0)" } ?? name
        return "\(place): \(mistake.problem)\(mistake.stopsCentrifugo ? "; Centrifugo does not start with it" : "")."
    }

    static func reading<Value>(
        _ name: String,
        as read: (Data) throws(ConfigurationError) -> Value
    ) throws(ConfigurationFileError) -> Value {
        do {
            return try read(try bytes(name))
        } catch {
            throw ConfigurationFileError(name: name, mistake: error)
        }
    }

    private static func bytes(_ name: String) throws(ConfigurationError) -> Data {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
        guard exists else { throw ConfigurationError("it does not exist; check its name") }
        guard !isFolder.boolValue else { throw ConfigurationError("it is a folder; name a file in it") }
        guard let file = FileHandle(forReadingAtPath: name), let data = try? file.read(upToCount: largest + 1) else {
            guard FileManager.default.isReadableFile(atPath: name) else {
                throw ConfigurationError("it cannot be read; check that this user may read it")
            }
            return Data()
        }
        guard data.count <= largest else {
            throw ConfigurationError("it is larger than 16 MiB; is it the right file?")
        }
        return data
    }
}
