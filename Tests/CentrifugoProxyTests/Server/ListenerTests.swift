import CentrifugoProxy
import Foundation
import HTTP2FrameKit
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    private static func run(
        _ listeners: [ProxyServer.Listener],
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let configuration = ProxyServer.Configuration(listeners: listeners, eventLoops: 1)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration, body)
    }

    private static func fails(_ listeners: [ProxyServer.Listener], _ code: ProxyServerError.Code, _ text: String) async
    {
        let configuration = ProxyServer.Configuration(listeners: listeners)
        let server = ProxyServer(ProxyService(), configuration: configuration, logger: LogRecorder().logger)
        let error = await #expect(throws: ProxyServerError.self) { try await server.run() }
        #expect(error?.code == code)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    private static func connect(_ server: TestServer, path: String) async throws -> RawConnection {
        server.adopt(try await RawConnection(to: SocketAddress(unixDomainSocketPath: path)))
    }

    @Test("listens on IPv4 and IPv6 at the same time")
    func several() async throws {
        try await Self.run([.tcp(port: 0), .tcp(host: "::1", port: 0)]) { server in
            for (address, host) in zip(server.addresses, ["127.0.0.1", "::1"]) {
                let port = try #require(address.port)
                #expect(address.description == (host == "::1" ? "[::1]:\(port)" : "127.0.0.1:\(port)"))
                let connection = try await RawConnection(to: SocketAddress(ipAddress: host, port: port))
                try await server.adopt(connection).stillServes()
            }
        }
    }

    @Test("listens on a Unix socket with a mode, and finally removes its file", arguments: [0o660, 0o600])
    func unixSocket(mode: UInt16) async throws {
        try await withSocketPath { path in
            try await Self.run([.unixSocket(path: path, mode: mode)]) { server in
                #expect(server.addresses.map(\.description) == [path])
                #expect(server.addresses.map(\.port) == [nil])
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.uint16Value == mode)
                let connection = try await Self.connect(server, path: path)
                try await connection.stillServes()
                let reply = try await connection.rpc("peer")
                #expect(reply.result?.data.text == #""unknown""#)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("takes the place of a socket that nobody listens on any more")
    func stale() async throws {
        try await withSocketPath { path in
            // A socket that is bound and closed leaves its file.
            let bound = try StaleSocket(path: path)
            bound.close()
            #expect(FileManager.default.fileExists(atPath: path))
            try await Self.run([.unixSocket(path: path)]) { server in
                try await Self.connect(server, path: path).stillServes()
            }
        }
    }

    @Test("does not replace a socket that a process listens on")
    func socketInUse() async throws {
        try await withSocketPath { path in
            try await Self.run([.unixSocket(path: path)]) { server in
                await Self.fails(
                    [.unixSocket(path: path)],
                    .addressInUse,
                    "Cannot listen on the Unix socket \(path): it is in use"
                )
                try await Self.connect(server, path: path).stillServes()
            }
        }
    }

    @Test("does not replace files that are not sockets")
    func noSocket() async throws {
        try await withSocketPath { path in
            try Data("text".utf8).write(to: URL(fileURLWithPath: path))
            await Self.fails([.unixSocket(path: path)], .bindFailed, "a file that is not a socket has that name")
            #expect(FileManager.default.fileExists(atPath: path))
            await Self.fails(
                [.unixSocket(path: path + "/x")],
                .bindFailed,
                "Cannot listen on the Unix socket \(path)/x: "
            )
            let long = path + String(repeating: "x", count: 100)
            await Self.fails([.unixSocket(path: long)], .bindFailed, "its path is longer")
            let missing = path + "-folder/proxy.sock"
            await Self.fails([.unixSocket(path: missing)], .bindFailed, "its folder does not exist")
        }
    }

    @Test("listens on a socket that was bound before")
    func descriptor() async throws {
        try await withSocketPath { path in
            let bound = try StaleSocket(path: path)
            try await Self.run([.descriptor(bound.descriptor)]) { server in
                try await Self.connect(server, path: path).stillServes()
            }
            // The file belongs to the process that made it.
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("reports a descriptor that is not a socket, or not a stream socket")
    func noListeningSocket() async throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        await Self.fails(
            [.descriptor(descriptor)],
            .bindFailed,
            "Cannot listen on descriptor \(descriptor): it is not a socket"
        )
        let datagram = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(datagram) }
        await Self.fails([.descriptor(datagram)], .bindFailed, "it is not a stream socket")
    }

    @Test("reports that no sockets were passed")
    func nothingInherited() {
        let error = #expect(throws: ProxyServerError.self) { try ProxyServer.Listener.inherited() }
        #expect(error?.message.hasPrefix("No sockets were passed") == true)
    }

    @Test("listens on nothing when one of its addresses is unavailable")
    func allOrNone() async throws {
        try await withSocketPath { path in
            try await Self.run([.tcp(port: 0)]) { server in
                let taken = ProxyServer.Listener.tcp(port: server.port)
                await Self.fails([.unixSocket(path: path), taken], .addressInUse, "127.0.0.1 port \(server.port)")
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }
}
