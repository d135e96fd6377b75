#if JWT && HTTPBridge
import LogTestKit
import Logging
import ProxyTokens
import ServiceLifecycle
import Testing
import TokenTestKit
import UpstreamTestKit

@testable import ProxyTokensJWT

/// Keys at a URL that change.
@Suite(.timeLimit(.minutes(2))) struct RemoteKeySetTests {
    @Test("fetches the keys for the first token that needs them, and not again for others")
    func first() async throws {
        try await KeyServerTest.run { test in
            for _ in 0..<3 {
                try await #expect(test.accepts("rsa"))
                try await #expect(test.accepts("ES256"))
            }
            // A secret that everybody can read is not one.
            try await #expect(!test.accepts("HS256"))
            let requests = await test.upstream.requests.all()
            #expect(requests.count == 1)
            let lines = requests[0].lowercased().split(separator: "\r\n")
            #expect(lines.first == "get /keys?tenant=hunter2 http/1.1" && lines.contains("accept: application/json"))
            let log = test.log.all()
            #expect(log.contains { $0.hasPrefix("fetched the keys of tokens") }, "\(log)")
            #expect(log.contains { $0.contains("it is a shared secret, and everybody can read it") }, "\(log)")
            #expect(!log.contains { $0.contains("hunter2") }, "\(log)")
        }
    }

    @Test("fetches the keys again for an unknown kid, at most once in 5 seconds, and drops the old ones")
    func rotation() async throws {
        try await KeyServerTest.run { test in
            try await #expect(test.accepts("rsa"))
            test.answer(KeyServerTest.keys(Vectors.otherKeySet))
            try await #expect(!test.accepts("other"))
            test.clock.advance(by: .milliseconds(4_999))
            try await #expect(!test.accepts("other"))
            test.clock.advance(by: .milliseconds(1))
            try await #expect(test.accepts("other"))
            try await #expect(!test.accepts("rsa"))
            #expect(await test.fetches() == 2)
        }
    }

    @Test("fetches the keys once for a flood of unknown kids")
    func flood() async throws {
        try await KeyServerTest.run { test in
            try await #expect(test.accepts("rsa"))
            test.clock.advance(by: RemoteKeySet.pause)
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { calls in
                for _ in 0..<200 { calls.addTask { try await test.accepts("other") } }
                return try await calls.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(accepted == 0)
            #expect(await test.fetches() == 2)
        }
    }

    @Test("lets a call that is cancelled leave, and fetches on for the others")
    func cancelled() async throws {
        let gate = Gate()
        let answer: TestUpstream.Answer = { request, connection in
            await gate.wait()
            try await KeyServerTest.keys()(request, connection)
        }
        try await KeyServerTest.run(answer: answer) { test in
            let call = Task { try await test.accepts("rsa") }
            _ = await test.upstream.requests.next()
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            async let other = test.accepts("rsa")
            await gate.open()
            try await #expect(other)
        }
    }

    @Test("refreshes the keys after four fifths of their lifetime, without a token")
    func upkeep() async throws {
        try await KeyServerTest.run { test in
            let upkeep = Task { try await test.verifier.run() }
            #expect(await test.clock.sleeps.next() == .seconds(480))
            test.answer(KeyServerTest.keys(Vectors.otherKeySet, headers: ["cache-control: public, max-age=100"]))
            test.clock.advance(by: .seconds(479))
            try await #expect(test.accepts("rsa"))
            test.clock.advance(by: .seconds(1))
            #expect(await test.clock.sleeps.next() == .seconds(80))
            try await #expect(test.accepts("other"))
            try await #expect(!test.accepts("rsa"))
            upkeep.cancel()
            try await upkeep.value
            #expect(await test.fetches() == 2)
        }
    }

    @Test("refreshes the keys in the background when a token finds them old")
    func background() async throws {
        try await KeyServerTest.run { test in
            try await #expect(test.accepts("rsa"))
            test.answer(KeyServerTest.keys(Vectors.otherKeySet))
            test.clock.advance(by: .seconds(480))
            _ = await test.upstream.requests.next()
            try await #expect(test.accepts("rsa"))
            _ = await test.upstream.requests.next()
            // Waits for the same fetch, since the keys at hand do not serve it.
            try await #expect(test.accepts("other"))
        }
    }

    @Test("starts without keys, accepts nobody, and tries again in growing intervals until there are some")
    func outage() async throws {
        try await KeyServerTest.run(answer: { try await $1.answer("500 Internal Server Error") }) { test in
            let upkeep = Task { try await test.verifier.run() }
            for wait in [5, 10, 20, 40, 60] {
                #expect(await test.clock.sleeps.next() == .seconds(wait))
                // The latest attempt is less than 5 seconds ago, so that this does not fetch.
                await #expect(throws: TokenStorageError.self) { try await test.accepts("rsa") }
                if wait == 60 { test.answer(KeyServerTest.keys()) }
                test.clock.advance(by: .seconds(wait))
            }
            try await #expect(test.accepts("rsa"))
            upkeep.cancel()
            try await upkeep.value
            let warnings = test.log.all(from: .warning).filter { $0.contains("cannot be fetched") }
            #expect(warnings.first?.contains("no token is accepted until they are") == true, "\(warnings)")
            #expect(warnings.first?.contains("status is 500") == true && warnings.count < 6)
        }
    }

    @Test("begins with the keys of the set that it replaces, if the URL is the same")
    func replacing() async throws {
        try await KeyServerTest.run { test in
            try await #expect(test.accepts("rsa"))
            test.answer { try await $1.answer("503 Service Unavailable") }
            let old = try #require(test.verifier.keys as? RemoteKeySet)
            for (url, isSame) in [(old.url.text, true), (old.url.text + "2", false)] {
                let keys = try RemoteKeySet(
                    KeySetURL(url, allowsPlainHTTP: false),
                    authorities: nil,
                    replacing: old,
                    clock: test.clock.refresh,
                    logger: test.log.logger
                )
                #expect(keys.hasKeys == isSame)
            }
        }
    }

    @Test("fetches over plain HTTP only where that is allowed")
    func plain() async throws {
        let log = LogLines()
        try await TestUpstream.run(KeyServerTest.keys()) { upstream in
            func verifier(_ allowed: Bool) throws -> JWTVerifier {
                try JWTVerifier(keySetURL: upstream.baseURL, allowsPlainHTTP: allowed, logger: log.logger)
            }
            #expect(throws: JWTKeyError.self) { try verifier(false) }
            let token = try #require(Vectors.tokens["rsa"])
            try await #expect(verifier(true).verdict(TokenSecret(token)).token?.user == "alice")
        }
    }

    @Test("names a file that has no certificate")
    func authorities() {
        let error = #expect(throws: JWTKeyError.self) {
            try JWTVerifier(keySetURL: "https://a", certificateAuthorities: "/nonexistent", logger: LogLines().logger)
        }
        #expect(error?.message == "'/nonexistent' has no certificate of a CA; give a PEM file with one.")
    }
}
#endif
