import ArgumentParser
import CentrifugoProxy
import Foundation
import Scaffolding

/// Where commands answer.
///
/// What is written has no characters that a terminal would obey, but for line breaks and tabs: names of a foreign
/// configuration and texts of a server are part of some answers.
enum StandardOutput {
    /// Writes one line, or several.
    /// - Throws: `StandardStreamError`, which ends the command.
    static func say(_ text: String) throws {
        try StandardStream.output.write("\(text.printableLines)\n")
    }
}

/// Where commands say what is not their answer.
enum StandardError {
    /// Writes one line, without what a terminal would obey: a server's status message is part of some.
    static func say(_ line: String) {
        // When that fails, there is nobody left to tell.
        try? StandardStream.error.write("\(line.printable)\n")
    }

    /// Says in one line why the command cannot do what it should.
    static func complain(_ reason: String) {
        say("centrifugo-proxy: \(reason)")
    }
}

extension CentrifugoProxyCommand {
    /// Ends the process as ArgumentParser would, but for what cannot be written: then never as if all were well.
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
