import CentrifugoModel
import Foundation

/// A client's commands in order: one JSON object per line.
enum CommandScript {
    /// Reads the commands of a file, or of standard input for `-`.
    static func commands(in file: String) throws(ConfigurationFileError) -> [ClientCommand] {
        let text: String
        if file == "-" {
            text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        } else {
            text = try ConfigurationFileError.reading(file) { data throws(ConfigurationError) in
                String(decoding: data, as: UTF8.self)
            }
        }
        var commands: [ClientCommand] = []
        // A Windows line break is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() where line.contains(where: { !$0.isWhitespace }) {
            do throws(ConfigurationError) {
                commands.append(try ClientCommand(json: line.utf8))
            } catch {
                let mistake = ConfigurationError(error.problem, line: index + 1)
                throw ConfigurationFileError(name: file == "-" ? "standard input" : file, mistake: mistake)
            }
        }
        return commands
    }
}
