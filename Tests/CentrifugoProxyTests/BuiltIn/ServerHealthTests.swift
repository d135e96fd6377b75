import Testing

@testable import CentrifugoProxy

@Suite struct ServerHealthTests {
    @Test("knows the statuses that were set, and no others")
    func set() {
        let health = ServerHealth()
        #expect(health.status() == nil)
        health.set(.serving)
        health.set(.notServing, for: "database")
        health.set(.unknown, for: .rpc)
        #expect(health.status() == .serving)
        #expect(health.status(of: "database") == .notServing)
        #expect(health.status(of: "centrifugal.centrifugo.proxy.CentrifugoProxy/RPC") == .unknown)
        #expect(health.status(of: "other") == nil)
        #expect(health.statuses.count == 3)
    }

    @Test("keeps what the application set before the server began")
    func begin() {
        let health = ServerHealth()
        health.set(.notServing)
        health.begin(["": .serving, "a": .serving])
        #expect(health.statuses == ["": .notServing, "a": .serving])
    }

    @Test("is not serving once it is shut down, whatever is set")
    func shutDown() {
        let health = ServerHealth()
        health.begin(["": .serving, "a": .unknown])
        health.shutDown()
        #expect(health.statuses == ["": .notServing, "a": .notServing])
        health.set(.serving)
        health.set(.serving, for: "new")
        health.begin(["late": .serving])
        #expect(health.statuses == ["": .notServing, "a": .notServing, "late": .notServing])
    }
}
