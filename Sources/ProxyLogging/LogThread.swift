#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Starts threads that may block for long, which tasks must not.
enum LogThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a new thread.
    ///
    /// Its signals are the process's other threads' business, and a pipe without a reader is an error and no signal.
    static func start(_ body: @escaping @Sendable () -> Void) {
        // C passes one pointer to the thread: the only way for a Swift object, which the thread releases.
        let body = Unmanaged.passRetained(Body(body)).toOpaque()
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        #if canImport(Darwin)
        let status = pthread_create(&thread, nil, { Self.run($0) }, body)
        #else
        let status = pthread_create(&thread, nil, { Self.run($0) }, body)
        #endif
        pthread_sigmask(SIG_SETMASK, &before, nil)
        precondition(status == 0, "the system has no thread left for the log")
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
    }

    private static func run(_ body: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let body else { return nil }
        Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
        return nil
    }
}

/// Wakes one thread, from any other: a pipe with at most a few bytes.
package final class WakeUp: Sendable {
    private let input: Int32
    private let output: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "the system has no descriptor left for the log")
        (output, input) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(input)
        close(output)
    }

    /// Wakes the thread, or lets its next wait return at once.
    func wake() {
        var byte: UInt8 = 0
        // A full pipe wakes it as well.
        _ = write(input, &byte, 1)
    }

    /// Waits to be woken.
    /// - Parameter milliseconds: The longest wait; -1 for no limit.
    func wait(milliseconds: Int32) {
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, milliseconds) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(output, &bytes, bytes.count)
    }

    /// Waits a second at most until a descriptor takes bytes.
    static func waitUntilWritable(_ descriptor: Int32) {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, 1_000)
    }
}
