#if SQLite
import Foundation
import GRDB
import ProxyTokens
import ProxyTokensSQLite
import Testing
import TokenTestKit

/// Tokens after another file has replaced the open one.
@Suite(.timeLimit(.minutes(1))) struct SQLiteReopeningTests {
    private let folder = TemporaryFolder()
    private let clock = SettableClock()

    private func storage(_ name: String) throws -> SQLiteTokenStorage {
        try SQLiteTokenStorage(path: folder.path(name), clock: clock.unix)
    }

    /// A copy of a database, as backup tools make it: a file without a log beside it.
    private func backUp(_ name: String, to copy: String) throws {
        let (source, target) = (try DatabaseQueue(path: folder.path(name)), try DatabaseQueue(path: folder.path(copy)))
        try source.backup(to: target)
        try source.close()
        try target.close()
    }

    @Test("reads the tokens of the replacing file, and none from the old file's log")
    func restored() async throws {
        let old = try storage("tokens")
        let kept = try await old.create(user: "kept", expiresIn: nil)
        try backUp("tokens", to: "backup")
        // In the old file's log, not yet written into the file.
        let lost = try await old.create(user: "lost", expiresIn: nil)
        try await old.delete(kept.secret)
        #expect(rename(folder.path("backup"), folder.path("tokens")) == 0)

        let new = try old.reopened()
        #expect(try await new.token(kept.secret) == kept.token)
        #expect(try await new.token(lost.secret) == nil)
        let made = try await new.create(user: "made", expiresIn: nil)
        let third = try storage("tokens")
        #expect(try await third.token(made.secret) == made.token)
        #expect(try await Set(third.list(of: nil)) == [kept.token, made.token])
    }

    @Test("keeps the same file when none has replaced it")
    func same() async throws {
        let old = try storage("tokens")
        let issued = try await old.create(user: "a", expiresIn: nil)
        let new = try old.reopened()
        #expect(try await new.token(issued.secret) == issued.token)
        try await new.delete(issued.secret)
        #expect(try await old.token(issued.secret) == nil)
    }

    @Test("does not create an empty file when the file is gone")
    func gone() async throws {
        let old = try storage("tokens")
        #expect(rename(folder.path("tokens"), folder.path("elsewhere")) == 0)
        let error = #expect(throws: TokenStorageError.self) { try old.reopened() }
        #expect(error?.message.contains("is gone: put it back") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("tokens")))
    }
}
#endif
