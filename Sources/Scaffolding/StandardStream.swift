import Foundation

/// Prints the output of commands: only this type writes to standard output and standard error in this package's
/// programs.
///
/// Foundation's file handles trap when a write fails, and `print` hides it.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Makes writing to a closed pipe fail, where it would otherwise end the process before it could clean up.
    package static func reportClosedPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Writes all of a text.
    /// - Throws: The reason when it cannot be written.
    package func write(_ text: String) throws(StandardStreamError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // A terminal or a pipe that another process has made non-blocking.
                var room = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                _ = poll(&room, 1, -1)
            } else if errno != EINTR {
                throw StandardStreamError(self, number: errno)
            }
        }
    }
}

/// Why a program's output cannot be written.
package struct StandardStreamError: Error, CustomStringConvertible {
    /// The exit status of a program that cannot print: EX_IOERR of sysexits.h.
    package static let exitStatus: Int32 = 74

    private let stream: StandardStream
    private let number: Int32

    init(_ stream: StandardStream, number: Int32) {
        self.stream = stream
        self.number = number
    }

    /// Whether the reader has closed the pipe, as `| head -1` does.
    package var isClosedPipe: Bool { number == EPIPE }

    /// The reason, in one sentence.
    package var description: String {
        let name = stream == .output ? "Standard output" : "Standard error"
        return "\(name) cannot be written: \(String(cString: strerror(number)))."
    }

    /// Ends the process: silently when the reader has closed the pipe, by the signal that ends other programs then;
    /// otherwise with the reason.
    ///
    /// - Parameter complain: Prints the reason.
    package func endProcess(_ complain: (String) -> Void) -> Never {
        if isClosedPipe {
            signal(SIGPIPE, SIG_DFL)
            var mask = sigset_t()
            sigemptyset(&mask)
            sigaddset(&mask, SIGPIPE)
            pthread_sigmask(SIG_UNBLOCK, &mask, nil)
            raise(SIGPIPE)
            // The status that shells use.
            exit(128 + SIGPIPE)
        }
        complain(description)
        exit(Self.exitStatus)
    }
}
