import CentrifugoProxyTesting
import Testing

@testable import recipes

@Suite struct MembersTests {
    @Test("ends the connections of former members")
    func ending() async throws {
        let members = Members()
        let client = TestClient(connect: members, refresh: members).with { $0.metadata = ["x-user": "alice"] }
        let connected = Simulator().connect(try await client.connect())
        #expect(connected.traps.isEmpty, "\(connected)")

        let alice = client.connected(as: try #require(try await client.connect().result))
        #expect(Simulator().refresh(try await alice.refresh()).next == nil)
        await members.remove("alice")
        let ended = Simulator().refresh(try await alice.refresh())
        #expect(ended.effect == .closed(code: 3005, reason: "connection expired"))
        #expect(ended.next == .reconnects)
    }

    @Test("refuses users that are not members")
    func refusing() async throws {
        let response = try await TestClient(refresh()).connect()
        #expect(response.disconnect == .unauthorized)
        #expect(Simulator().connect(response).next == .staysClosed)
    }
}
