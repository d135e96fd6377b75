#if SQLite
import Foundation
import GRDB
import ProxyTokens
import ProxyTokensSQLite
import Testing
import TokenTestKit

/// Files that cannot be used.
@Suite struct SQLiteFileTests {
    private let folder = TemporaryFolder()

    /// Expects one sentence that names the file.
    private func expectUnusable(_ name: String, _ words: String) {
        let path = folder.path(name)
        let error = #expect(throws: TokenStorageError.self) { try SQLiteTokenStorage(path: path) }
        #expect(error?.code == .unusableFile)
        #expect(error?.message.contains("'\(path)'") == true)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\n") == false)
    }

    @Test("refuses a file that is not a database, and does not change it")
    func noDatabase() throws {
        let text = Data(String(repeating: "these are no tokens\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: folder.path("text")))
        expectUnusable("text", "not an SQLite database")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("text"))) == text)
    }

    @Test("refuses another program's database")
    func otherProgram() throws {
        let other = try DatabaseQueue(path: folder.path("other.db"))
        try other.write { try $0.execute(sql: "CREATE TABLE shop (id INTEGER)") }
        expectUnusable("other.db", "another program")
    }

    @Test("refuses a database that another program has marked")
    func otherMark() throws {
        let other = try DatabaseQueue(path: folder.path("other.db"))
        try other.write { try $0.execute(sql: "PRAGMA application_id = 7") }
        expectUnusable("other.db", "another program")
    }

    @Test("refuses a newer version's file")
    func newer() throws {
        _ = try SQLiteTokenStorage(path: folder.path("tokens.db"))
        let newer = try DatabaseQueue(path: folder.path("tokens.db"))
        try newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')") }
        expectUnusable("tokens.db", "newer version")
    }

    @Test("says what is wrong with the path", arguments: [("missing/tokens.db", "folder"), ("", "owner")])
    func path(name: String, words: String) {
        expectUnusable(name, words)
    }

    @Test("names the damaged file when a page of it is overwritten while it is in use")
    func damaged() async throws {
        let path = folder.path("tokens.db")
        // Closed and opened again, so that everything is in the file itself.
        _ = try await SQLiteTokenStorage(path: path).create(user: String(repeating: "a", count: 50_000), expiresIn: nil)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        try #require(size > 3 * 4_096)
        try file.seek(toOffset: 4_096)
        try file.write(contentsOf: Data(repeating: 0xFF, count: Int(size) - 4_096))
        try file.close()
        let error = await #expect(throws: TokenStorageError.self) {
            let storage = try SQLiteTokenStorage(path: path)
            _ = try await storage.list(of: nil)
        }
        #expect(error?.code == .unusableFile)
        #expect(error?.message.contains("'\(path)'") == true)
    }
}
#endif
