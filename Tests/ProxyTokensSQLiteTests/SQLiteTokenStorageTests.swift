#if SQLite
import Foundation
import ProxyTokens
import ProxyTokensSQLite
import Testing
import TokenTestKit

@Suite(.timeLimit(.minutes(1))) struct SQLiteTokenStorageTests {
    private let folder = TemporaryFolder()
    private let clock = SettableClock()

    private func storage(_ name: String = "tokens.db") throws -> SQLiteTokenStorage {
        try SQLiteTokenStorage(path: folder.path(name), clock: clock.unix)
    }

    @Test("behaves as every storage does", arguments: TokenStorageBehaviour.all)
    func behaviour(_ behaviour: TokenStorageBehaviour) async throws {
        try await behaviour.check(storage(), clock)
    }

    @Test("finds its tokens again in the file")
    func reopened() async throws {
        let issued = try await storage().create(user: "alice", roles: ["admin"], expiresIn: .seconds(60))
        #expect(try await storage().token(issued.secret) == issued.token)
    }

    @Test("shares a file with another storage")
    func shared() async throws {
        let (first, second) = (try storage(), try storage())
        let issued = try await first.create(user: "alice", expiresIn: nil)
        #expect(try await second.token(issued.secret) == issued.token)
        try await second.delete(issued.secret)
        #expect(try await first.token(issued.secret) == nil)
    }

    @Test("makes one file when many begin with it at once")
    func manyBegin() async throws {
        let issued = try await withThrowingTaskGroup(of: IssuedToken.self) { group in
            for number in 0..<8 {
                group.addTask { try await storage().create(user: "user-\(number)", expiresIn: nil) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await Set(storage().list(of: nil)) == Set(issued.map(\.token)))
    }

    @Test("works on one file with another program, which finds its tokens by SHA-256 and makes some")
    func otherProgram() async throws {
        let storage = try storage()
        let issued = try await storage.create(
            user: "alice",
            roles: ["admin"],
            claims: ["a": "b"],
            expiresIn: .seconds(60)
        )
        let python = try ForeignProcess(["python3", "-c", Self.program, folder.path("tokens.db")])
        python.send(issued.secret.text)
        #expect(
            try await python.nextLine()
                == #"alice ["admin"] {"a":"b"} \#(clock.now) \#(clock.now + 60) \#(issued.token.reference)"#
        )
        // Both write now: the program adds 200 tokens, each in a transaction of its own.
        python.send("go")
        for number in 0..<200 { _ = try await storage.create(user: "user-\(number)", expiresIn: nil) }
        #expect(try await python.nextLine() == "done")
        #expect(try await storage.list(of: "python").count == 200)
        #expect(try await storage.list(of: nil).count == 401)
        let found = try await storage.token(TokenSecret("python-7"))
        #expect(
            found == Token(reference: TokenDigest(TokenSecret("python-7")).reference, user: "python", expireAt: nil)
        )
    }

    private static let program = """
        import base64, hashlib, sqlite3, sys
        base = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
        digest = lambda secret: hashlib.sha256(secret.encode()).digest()
        name = lambda secret: base64.urlsafe_b64encode(hashlib.sha256(digest(secret)).digest()[:16]).decode().rstrip("=")
        secret = sys.stdin.readline().strip()
        print(*base.execute("SELECT user, roles, claims, created_at, expire_at, reference FROM token WHERE digest = ?",
            [digest(secret)]).fetchone(), flush=True)
        sys.stdin.readline()
        for number in range(200):
            secret = f"python-{number}"
            base.execute("INSERT INTO token VALUES (?, ?, 'python', '[]', '{}', 0, NULL)", [digest(secret), name(secret)])
        print("done", flush=True)
        """

    @Test("makes files that only their owner can read, without any clear text in them")
    func files() async throws {
        let storage = try storage()
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        for name in ["tokens.db", "tokens.db-wal", "tokens.db-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            let content = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
            #expect(content.range(of: Data(issued.secret.text.utf8)) == nil)
        }
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.path("tokens.db-wal"))).range(of: Data("alice".utf8))
                != nil
        )
    }
}
#endif
