import Foundation

/// Where commands say what is not their answer.
enum StandardError {
    /// Writes one line.
    static func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    /// Says in one line why the command cannot do what it should.
    static func complain(_ reason: String) {
        say("centrifugo-proxy: \(reason)")
    }
}
