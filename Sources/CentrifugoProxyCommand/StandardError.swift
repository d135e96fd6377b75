import Foundation
import ProxyClient

/// Where commands say what is not their answer.
enum StandardError {
    /// Writes one line, without what a terminal would obey: a server's status message is part of some.
    static func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line.printable)\n".utf8))
    }

    /// Says in one line why the command cannot do what it should.
    static func complain(_ reason: String) {
        say("centrifugo-proxy: \(reason)")
    }
}
