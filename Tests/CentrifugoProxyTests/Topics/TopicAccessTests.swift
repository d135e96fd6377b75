import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct TopicAccessTests {
    private static func allows(
        _ access: TopicAccess,
        _ user: String,
        channel: String = "user-alice"
    ) async throws -> Bool {
        let match = try #require(try TopicPattern("user[-{id:.+}]").match(channel))
        let request = SubscribeRequest(user: user, channel: channel)
        return try await access.allows(request, match, CallContext(event: .subscribe))
    }

    @Test("distinguishes anonymous users from others")
    func authenticated() async throws {
        #expect(try await Self.allows(.anyone, ""))
        #expect(try await Self.allows(.authenticated, "bob"))
        #expect(try await !Self.allows(.authenticated, ""))
    }

    @Test("compares the owner character by character")
    func owner() async throws {
        #expect(try await Self.allows(.owner("id"), "alice"))
        for user in ["", "bob", "Alice", "alic", "alicee", "alice\0"] {
            #expect(try await !Self.allows(.owner("id"), user), "\(user)")
        }
        // Nobody owns a channel without the parameter, and look-alikes own nothing: Swift's == takes K for the Kelvin sign.
        #expect(try await !Self.allows(.owner("id"), "", channel: "user"))
        #expect(try await !Self.allows(.owner("id"), "alice", channel: "user"))
        #expect(try await !Self.allows(.owner("id"), "\u{212A}", channel: "user-K"))
    }

    @Test("requires roles")
    func roles() async throws {
        let table: [String: Set<String>] = ["alice": ["admin", "staff"], "bob": ["guest"]]
        let access = TopicAccess.roles(["admin", "owner"]) { request, _ in table[request.user] ?? [] }
        #expect(try await Self.allows(access, "alice"))
        #expect(try await !Self.allows(access, "bob"))
        #expect(try await !Self.allows(access, ""))
    }

    @Test("combines, and passes on what a closure throws")
    func combined() async throws {
        let failing = TopicAccess { _, _, _ in throw CentrifugoError.unavailable }
        #expect(try await Self.allows(.any(.owner("id"), failing), "alice"))
        await #expect(throws: CentrifugoError.unavailable) { try await Self.allows(.any(.owner("id"), failing), "bob") }
        #expect(try await !Self.allows(.any(), "alice"))
        #expect(TopicAccess.any(.owner("a"), .any(.owner("b"), .anyone)).parameters == ["a", "b"])
    }
}
