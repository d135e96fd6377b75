import CentrifugoProxy
import Foundation
import NIOCore
import Testing

/// Several servers and one path: which one gets it, and which files belong to which.
///
/// Hostile input: socket-shared.
@Suite(.timeLimit(.minutes(1))) struct UnixSocketOwnerTests {
    private enum Start: Hashable, Sendable {
        case won
        case lost(ProxyServerError.Code, String)
    }

    /// Collects how servers started, and lets each continue when all have.
    private actor Starts {
        private(set) var all: [Start] = []
        private let expected: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(expecting expected: Int) {
            self.expected = expected
        }

        func add(_ start: Start) {
            all.append(start)
            guard all.count == expected else { return }
            for waiter in waiting { waiter.resume() }
        }

        func wait() async {
            guard all.count < expected else { return }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private static func serve(_ path: String, _ body: (TestServer) async throws -> Void) async throws {
        let configuration = ProxyServer.Configuration(listeners: [.unixSocket(path: path)], eventLoops: 1)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration, body)
    }

    private static func refusal(of path: String) async -> ProxyServerError? {
        let configuration = ProxyServer.Configuration(listeners: [.unixSocket(path: path)])
        let server = ProxyServer(ProxyService(), configuration: configuration, logger: LogRecorder().logger)
        return await #expect(throws: ProxyServerError.self) { try await server.run() }
    }

    private static func stillServes(_ server: TestServer, _ path: String) async throws {
        try await server.adopt(RawConnection(to: SocketAddress(unixDomainSocketPath: path))).stillServes()
    }

    private static let inUse = "it is in use; stop what listens there, or choose another port or path"

    @Test("gives a path to exactly one of many servers that start together", arguments: [false, true])
    func together(afterCrash: Bool) async throws {
        let count = 12
        for _ in 0..<10 {
            try await withSocketPath { path in
                if afterCrash { try StaleSocket(path: path).close() }
                let starts = Starts(expecting: count)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<count {
                        tasks.addTask {
                            do {
                                try await Self.serve(path) { server in
                                    await starts.add(.won)
                                    await starts.wait()
                                    try await Self.stillServes(server, path)
                                }
                            } catch let error as ProxyServerError {
                                await starts.add(.lost(error.code, error.message))
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                let all = await starts.all
                #expect(all.count { $0 == .won } == 1)
                let sentence = "Cannot listen on the Unix socket \(path): \(Self.inUse)."
                #expect(all.count { $0 == .lost(.addressInUse, sentence) } == count - 1, "\(Set(all))")
                // Nothing remains, and the next server can use the path.
                #expect(try FileManager.default.contentsOfDirectory(atPath: path.folder).isEmpty)
                try await Self.serve(path) { try await Self.stillServes($0, path) }
            }
        }
    }

    @Test("takes over the files of a server that ended without removing them")
    func crashed() async throws {
        try await withSocketPath { path in
            try StaleSocket(path: path).close()
            try #require(FileManager.default.createFile(atPath: path + ".lock", contents: nil))
            try await Self.serve(path) { try await Self.stillServes($0, path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path.folder).isEmpty)
        }
    }

    @Test("does not take a path that another process is about to listen on")
    func locked() async throws {
        try await withSocketPath { path in
            // Bound and not listening yet: it looks like the socket of a dead process.
            let bound = try StaleSocket(path: path)
            defer { bound.close() }
            let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let error = await Self.refusal(of: path)
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains(Self.inUse) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path.folder).count == 2)
            close(descriptor)
            try await Self.serve(path) { try await Self.stillServes($0, path) }
        }
    }

    @Test("removes only its own files at its end")
    func replaced() async throws {
        try await withSocketPath { path in
            var other: StaleSocket?
            try await Self.serve(path) { _ in
                try FileManager.default.removeItem(atPath: path)
                other = try StaleSocket(path: path)
            }
            #expect(FileManager.default.fileExists(atPath: path))
            other?.close()
        }
    }

    @Test("holds its lock exclusively, in a private file, while it listens")
    func lockFile() async throws {
        try await withSocketPath { path in
            try await Self.serve(path) { _ in
                let attributes = try FileManager.default.attributesOfItem(atPath: path + ".lock")
                #expect((attributes[.posixPermissions] as? NSNumber)?.uint16Value == 0o600)
                let descriptor = open(path + ".lock", O_RDWR | O_CLOEXEC)
                defer { close(descriptor) }
                #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0)
                // Without the file the socket itself says that it is in use.
                try FileManager.default.removeItem(atPath: path + ".lock")
                #expect(await Self.refusal(of: path)?.code == .addressInUse)
            }
        }
    }

    @Test("does not touch files that only have the name of its lock", arguments: ["text", "link", "folder"])
    func foreignLock(kind: String) async throws {
        try await withSocketPath { path in
            let lock = path + ".lock"
            switch kind {
            case "text": try Data("text".utf8).write(to: URL(fileURLWithPath: lock))
            case "link": try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: path + ".other")
            default: try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
            }
            let error = await Self.refusal(of: path)
            #expect(error?.code == .bindFailed)
            #expect(error?.message.contains("\(lock) is not the socket's lock") == true, "\(error?.message ?? "")")
            #expect(try FileManager.default.contentsOfDirectory(atPath: path.folder) == ["proxy.sock.lock"])
        }
    }

    @Test("does not touch a link, whatever it refers to")
    func link() async throws {
        try await withSocketPath { path in
            let target = path + ".target"
            for isThere in [false, true] {
                if isThere { try StaleSocket(path: target).close() }
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
                let error = await Self.refusal(of: path)
                #expect(error?.message.contains("a file that is not a socket has that name") == true)
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test("does not wait for a socket whose owner does not accept")
    func fullBacklog() async throws {
        try await withSocketPath { path in
            let busy = try StaleSocket(path: path)
            listen(busy.descriptor, 0)
            var clients: [StaleSocket] = []
            defer { for socket in clients + [busy] { socket.close() } }
            repeat { clients.append(try StaleSocket()) } while try clients.last?.connect(to: path) == true
            let error = await Self.refusal(of: path)
            #expect(error?.code == .addressInUse)
        }
    }
}

extension String {
    fileprivate var folder: String { (self as NSString).deletingLastPathComponent }
}
