#if Tokens
import Foundation
import Synchronization

/// Another program, with which a test exchanges lines.
///
/// Started by posix_spawn, not by Foundation's Process, which reads beyond a buffer when many descriptors are open.
package final class ForeignProcess: Sendable {
    /// Closes inherited descriptors, and runs the program.
    ///
    /// The tests' sockets are inherited, since SwiftNIO makes them so, and a connection that a test closes would stay
    /// open as long as the program runs.
    private static let becoming =
        "import os, sys; os.closerange(3, os.sysconf('SC_OPEN_MAX')); os.execvp(sys.argv[1], sys.argv[1:])"

    private let process: pid_t
    private let socket: Int32
    /// Reports that the socket has no reader any more.
    private let hasEnded = DispatchSemaphore(value: 0)
    private let lines: AsyncStream<String>

    /// Starts a program; its standard error is the test's.
    package init(_ words: [String]) throws {
        var ends: [Int32] = [0, 0]
        // Not inherited by other children: this one's input has to end when this process closes it.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Violation(description: "there are no sockets")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        let arguments = (["python3", "-c", Self.becoming] + words).map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let status = posix_spawnp(&process, "python3", &actions, nil, arguments + [nil], environ)
        close(ends[1])
        self.process = process
        let socket = ends[0]
        self.socket = socket
        lines = AsyncStream { [hasEnded] continuation in
            Thread.detachNewThread {
                let reader = FileHandle(fileDescriptor: socket, closeOnDealloc: false)
                var held = Data()
                while case let portion = reader.availableData, !portion.isEmpty {
                    held += portion
                    while let end = held.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(String(decoding: held[..<end], as: UTF8.self))
                        held = Data(held[(end + 1)...])
                    }
                }
                continuation.finish()
                hasEnded.signal()
            }
        }
        guard status == 0 else { throw Violation(description: "python3 does not start") }
    }

    /// Ends the program's input, at which all of our programs end.
    ///
    /// The socket is closed only here, whenever the program ends: afterwards, its number may be another connection's.
    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        Thread.detachNewThread { [process, socket, hasEnded] in
            hasEnded.wait()
            close(socket)
            waitpid(process, nil, 0)
        }
    }

    /// Sends a line.
    package func send(_ line: String) {
        let bytes = [UInt8]((line + "\n").utf8)
        Foundation.write(socket, bytes, bytes.count)
    }

    /// The next line that the program writes.
    package func nextLine() async throws -> String {
        for await line in lines { return line }
        throw Violation(description: "the program has ended")
    }
}
#endif
