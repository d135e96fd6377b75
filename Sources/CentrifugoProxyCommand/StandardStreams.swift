import ArgumentParser
import CentrifugoProxy
import Foundation
import Scaffolding

/// Prints the answers of commands.
///
/// The output contains no characters that a terminal would interpret, except line breaks and tabs: some answers include
/// names from a checked configuration or texts from a server.
enum StandardOutput {
    /// Writes one line, or several.
    /// - Throws: `StandardStreamError`, which ends the command.
    static func say(_ text: String) throws {
        try StandardStream.output.write("\(text.printableLines)\n")
    }
}

/// Prints messages that are not a command's answer.
enum StandardError {
    /// Writes one line, without characters that a terminal would interpret: some lines include a server's status
    /// message.
    static func say(_ line: String) {
        // If this fails, it cannot be reported.
        try? StandardStream.error.write("\(line.printable)\n")
    }

    /// Prints one line that explains why the command failed.
    static func complain(_ reason: String) {
        say("centrifugo-proxy: \(reason)")
    }
}

extension CentrifugoProxyCommand {
    /// Ends the process like ArgumentParser, except that output that cannot be written is always reported as a failure.
    static func end(with error: any Error) -> Never {
        if let error = error as? StandardStreamError { error.endProcess(StandardError.complain) }
        let text = fullMessage(for: error)
        let status = exitCode(for: error)
        guard !text.isEmpty else { exit(withError: status) }
        if status == .success {
            do {
                try StandardOutput.say(text)
            } catch {
                end(with: error)
            }
        } else {
            try? StandardStream.error.write("\(text.printableLines)\n")
        }
        exit(withError: status)
    }
}
