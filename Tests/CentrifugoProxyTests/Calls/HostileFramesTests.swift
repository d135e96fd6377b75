import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Peers that send hostile frames: what they get, and that no other peer notices.
///
/// Each speaks on a connection of its own, beside one with a call in its handler.
@Suite(.timeLimit(.minutes(2))) struct HostileFramesTests {
    private static let names = ["1", "2"]

    /// Runs `attack` on a connection with two calls in their handlers, and makes sure that these are cancelled.
    private static func run(_ attack: (RawConnection, [UInt32]) async throws -> Void) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test()) { server in
            let other = try await server.connect()
            let kept = other.start(.rpc, RPCRequest(method: "hold", data: Array("0".utf8)))
            #expect(await commands.events.next() == .began("0"))
            let connection = try await server.connect()
            var ids: [UInt32] = []
            for name in names {
                ids.append(connection.start(.rpc, RPCRequest(method: "hold", data: Array(name.utf8))))
                #expect(await commands.events.next() == .began(name))
            }
            try await attack(connection, ids)
            var cancelled: Set<String> = []
            for _ in names {
                if case .cancelled(let name)? = await commands.events.next() { cancelled.insert(name) }
            }
            #expect(cancelled == Set(names))
            try await other.stillServes()
            commands.gate.open()
            let response: RPCResponse = try await other.answer(to: kept).message()
            #expect(response.result?.data.text == "0")
            #expect(other.history.allSatisfy { if case .goAway = $0 { false } else { true } })
            try await (try await server.connect()).stillServes()
        }
    }

    static let endings: [(what: String, code: ErrorCode, frames: @Sendable (UInt32) -> [Frame])] = [
        ("WINDOW_UPDATE of 0", .protocolError, { [.windowUpdate($0, 0)] }),
        ("DATA behind END_STREAM", .streamClosed, { [.data($0, [1])] }),
        ("PRIORITY of four bytes", .frameSizeError, { [Frame(.priority, streamID: $0, payload: [0, 0, 0, 0])] }),
        ("PRIORITY on stream 0", .protocolError, { _ in [.priority(0)] }),
        (
            "HEADERS on a stream that was skipped", .streamClosed,
            {
                [.headers($0 + 40, RawConnection.head("/x")), .headers($0 + 38, RawConnection.head("/x"))]
            }
        ),
        (
            "SETTINGS that overflow a stream's window", .flowControlError,
            { _ in
                [.settings(Setting(.initialWindowSize, 0)), .windowUpdate(1, 1_000)] + [
                    .settings(Setting(.initialWindowSize, 0x7FFF_FFFF))
                ]
            }
        ),
        ("PING", .enhanceYourCalm, { _ in [Frame](repeating: .ping(), count: 30_000) }),
        ("SETTINGS", .enhanceYourCalm, { _ in [Frame](repeating: .settings(), count: 30_000) }),
        ("PRIORITY", .enhanceYourCalm, { _ in [Frame](repeating: .priority(1), count: 30_000) }),
        (
            "frames of an unknown type", .enhanceYourCalm,
            { _ in
                [Frame](repeating: Frame(Frame.Kind(rawValue: 0x77), payload: [1, 2, 3]), count: 30_000)
            }
        ),
        (
            "empty DATA", .enhanceYourCalm,
            { id in
                [.headers(id + 40, RawConnection.head(ProxyEvent.rpc.path))]
                    + [Frame](repeating: .data(id + 40, []), count: 30_000)
            }
        ),
        (
            "DATA with only padding", .enhanceYourCalm,
            { id in
                [.headers(id + 40, RawConnection.head(ProxyEvent.rpc.path))]
                    + [Frame](repeating: Frame.data(id + 40, []).padded(0), count: 30_000)
            }
        ),
        (
            "RST_STREAM of streams that are gone", .enhanceYourCalm,
            { id in
                [.headers(id + 40, RawConnection.head("/x"))]
                    + [Frame](repeating: .resetStream(id + 40, .cancel), count: 30_000)
            }
        ),
        ("WINDOW_UPDATE", .enhanceYourCalm, { _ in [Frame](repeating: .windowUpdate(1, 1), count: 160_000) }),
        (
            "CONTINUATION", .enhanceYourCalm,
            { id in
                [.headers(id + 40, [], [])] + [Frame](repeating: .continuation(id + 40, [0x82], []), count: 100)
            }
        ),
    ]

    /// Hostile input: provoked-window-zero, provoked-data-after-end, provoked-priority, skipped-stream,
    /// settings-overflow, ping-flood, settings-flood, priority-flood, unknown-frame-flood,
    /// empty-data-flood, padding-flood, stray-reset-flood, window-update-flood, continuation-tiny.
    @Test("ends the connection with the rule's code, and cancels its handlers only", arguments: endings.indices)
    func ends(index: Int) async throws {
        let (what, code, frames) = Self.endings[index]
        try await Self.run { connection, ids in
            connection.send(frames(ids[1]))
            let rest = try await connection.rest()
            guard case .goAway(_, code)? = rest.last(where: { $0.streamID == 0 }) else {
                Issue.record("\(what): \(rest.suffix(3))")
                return
            }
            // The frames may fall into two seconds.
            #expect(rest.count <= 20_100)
        }
    }

    /// Hostile input: provoked-window-overflow.
    @Test("resets the stream whose window overflows, and cancels its handler")
    func overflow() async throws {
        try await Self.run { connection, ids in
            for id in ids {
                connection.send(.windowUpdate(id, 0x7FFF_FFFF))
                #expect(try await connection.answer(to: id).reset == .flowControlError)
            }
            try await connection.stillServes()
        }
    }

    /// Hostile input: provoked-malformed.
    @Test("resets the stream whose trailers are malformed, and cancels the handler of a subscription")
    func trailers() async throws {
        try await Self.run { connection, ids in
            let id = connection.newStreamID()
            connection.send(.headers(id, RawConnection.head(ProxyEvent.rpc.path)))
            connection.send(.headers(id, .init([Field("x", "y")])))
            #expect(try await connection.answer(to: id).reset == .protocolError)
            try await connection.stillServes()
            connection.send(ids.map { .resetStream($0, .cancel) })
        }
    }

    /// Hostile input: provoked-window-overflow, provoked-malformed, rapid-reset.
    @Test("counts resets that a peer provokes as its own", arguments: [true, false])
    func provoked(overflows: Bool) async throws {
        try await Self.run { connection, _ in
            var frames: [Frame] = []
            for _ in 0..<5_000 {
                let id = connection.newStreamID()
                frames.append(
                    .headers(id, RawConnection.head(ProxyEvent.rpc.path, changes: overflows ? [:] : ["X": ""]))
                )
                if overflows { frames.append(.windowUpdate(id, 0x7FFF_FFFF)) }
            }
            connection.send(frames)
            let rest = try await connection.rest()
            guard case .goAway(_, .enhanceYourCalm)? = rest.last(where: { $0.streamID == 0 }) else {
                Issue.record("\(rest.suffix(3))")
                return
            }
        }
    }

    /// Hostile input: host-mismatch, unknown-scheme, no-authority.
    @Test(
        "resets requests whose target does not fit together",
        arguments: [["host": "other"], [":scheme": "ftp"], [":authority": nil]] as [[String: String?]]
    )
    func target(changes: [String: String?]) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.start(body: lengthPrefixed(RPCRequest(method: "echo").wireBytes()), changes: changes)
            #expect(try await connection.answer(to: id).reset == .protocolError)
            #expect(try await connection.rpc("count").result?.data.text == "1")
            try await connection.stillServes()
        }
    }

    /// Hostile input: unread-socket.
    @Test("serves others while a peer reads nothing, and releases its calls when it leaves")
    func unread() async throws {
        try await Self.run { connection, _ in
            try await connection.stopReading()
            for _ in 0..<2_000 { connection.start(.rpc, RPCRequest(method: "large", data: Array("20000".utf8))) }
            await connection.close()
        }
    }
}
