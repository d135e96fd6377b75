import CentrifugoProxy
import EventCaller
import Foundation
import LogTestKit
import Logging
import ProxyMessages
import Synchronization
import Testing

@testable import ProxyPolicy

#if SQLite
import ProxyTokens
import ProxyTokensSQLite
#endif

/// What is read again while the rules are in force, and what is logged about it.
@Suite(.timeLimit(.minutes(1))) final class PolicyReloadTests {
    private let folder: String
    private let log = LogLines()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "reload-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func write(_ text: String, to name: String = "policy.yaml") throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    private func rules() async throws -> PolicyService {
        let file = path("policy.yaml")
        return try await PolicyService(Policy(file: file), file: file, logger: log.logger)
    }

    @Test("says what was read, and names the sections that have changed and are not applied")
    func says() async throws {
        try write("topics: [{pattern: a, who: anyone}]")
        let rules = try await rules()
        await rules.reload()
        var lines = log.take()
        #expect(
            lines.map(\.text) == [
                "reloaded the policy file=\(path("policy.yaml")); read=rules; "
                    + "until_restart=listeners, limits, log, admin, tracing, executor, secret"
            ]
        )
        let changes = [
            ("listeners", "listeners: [{tcp: \"127.0.0.1:1\"}]"), ("limits", "limits: {max_connections: 5}"),
            ("log", "log: {access: false}"), ("admin", "admin: {tcp: \"127.0.0.1:1\"}"),
            ("tracing", "tracing: {sample: 0.5}"), ("executor", "executor: {event_loops: 2}"),
            ("secret", "secret: {key: k, values: [v]}"),
        ]
        for (section, yaml) in changes {
            try write("topics: [{pattern: a, who: anyone}]\n\(yaml)")
            // Each time, as it is not applied by the first either.
            for _ in 0..<2 {
                await rules.reload()
                lines = log.take()
                #expect(lines.map(\.level) == [.notice, .warning], "\(section)")
                #expect(lines.last?.text.hasSuffix("changed since the start sections=\(section)") == true, "\(lines)")
            }
        }
        try write("topics: [{pattern: a, who: anyone}]\n\(changes.map(\.1).joined(separator: "\n"))")
        await rules.reload()
        #expect(
            log.take().last?.text.hasSuffix("sections=listeners, limits, log, admin, tracing, executor, secret") == true
        )
        try write("topics: [{pattern: b, who: anyone}]\nrpc: {ping: true}")
        await rules.reload()
        #expect(log.take().map(\.text).last == "restart to serve the events that had no rules before events=RPC")
    }

    @Test("logs only the reason of a failed reload")
    func fails() async throws {
        try write("topics: [{pattern: a, who: anyone}]\nsecret: {key: k, file: \(path("secret"))}")
        try write("value", to: "secret")
        let rules = try await rules()
        for (text, file) in [("topcs: []", "policy.yaml"), ("", "secret"), (" x\n", "secret")] {
            let before = try String(contentsOfFile: path(file), encoding: .utf8)
            try write(text, to: file)
            await rules.reload()
            let lines = log.take()
            #expect(lines.map(\.level) == [.error], "\(lines)")
            #expect(lines.first?.text.hasPrefix("kept the old policy: the new one cannot be used: ") == true)
            try write(before, to: file)
        }
        await rules.reload()
        #expect(log.take().map(\.level) == [.notice])
    }

    @Test("reads from any source, which need not be a file")
    func reading() async throws {
        let texts = Mutex(["topics: [{pattern: b, who: anyone}]"])
        let rules = try await PolicyService(
            Policy(yaml: "topics: [{pattern: a, who: anyone}]", name: "p"),
            file: nil,
            reading: { try Policy(yaml: texts.withLock { $0.removeLast() }, name: "p") },
            logger: log.logger
        )
        await rules.reload()
        #expect(log.take().first?.text.hasPrefix("reloaded the policy file=starter rules; read=rules") == true)
        #expect(texts.withLock { $0.isEmpty })
    }

    #if SQLite
    @Test("opens the file of tokens that is there now, though the policy's text is the same")
    func storage() async throws {
        let yaml = "tokens: {sqlite: {file: \(path("tokens"))}}\nconnect: {}"
        try write(yaml)
        let policy = try Policy(yaml: yaml, name: "p")
        let rules = try await rules()
        let backup = try SQLiteTokenStorage(path: path("backup"))
        let secret = try await backup.create(user: "alice", expiresIn: nil).secret.text
        let request = ConnectRequest(encoding: "json", data: try Payload.json(["authToken": secret]).bytes)
        func isLetIn() async throws -> Bool {
            let message = request.wireBytes()
            let call = try await JoinedCall.open(.connect, of: rules.service, message: message, logger: .silent)
            return try ConnectResponse(wireBytes: try await call.answer()).result != nil
        }
        #expect(try await !isLetIn())
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path("tokens\(end)")) }
        await rules.reload()
        #expect(log.take().last?.text.contains("is gone: put it back, or restart") == true)
        for end in ["", "-wal", "-shm"] {
            try? FileManager.default.copyItem(atPath: path("backup\(end)"), toPath: path("tokens\(end)"))
        }
        await rules.reload()
        #expect(log.take().last?.text.contains("read=rules, tokens.sqlite;") == true)
        #expect(try await isLetIn())
        #expect(policy.tokens?.source == "tokens.sqlite")
    }
    #endif
}
