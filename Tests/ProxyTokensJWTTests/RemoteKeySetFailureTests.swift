#if JWT && HTTPBridge
import LogTestKit
import Logging
import ProxyTokens
import Testing
import TokenTestKit
import UpstreamTestKit

@testable import ProxyTokensJWT

/// A server of keys that is slow, broken, hostile or gone.
@Suite(.timeLimit(.minutes(2))) struct RemoteKeySetFailureTests {
    /// Answers without keys, and what the log says of each.
    static let answers: [(answer: String, reason: String)] = [
        ("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", "the answer's status is 500"),
        ("HTTP/1.1 404 Oops\r\ncontent-length: 2\r\n\r\n{}", "the answer's status is 404"),
        ("HTTP/1.1 204 Oops\r\n\r\n", "the answer's status is 204"),
        (
            "HTTP/1.1 302 Oops\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            "302, a redirect, which is not followed"
        ),
        (
            "HTTP/1.1 307 Oops\r\nlocation: https://localhost/\r\ncontent-length: 0\r\n\r\n",
            "307, a redirect, which is not followed"
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "it is not JSON"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\": 1}", "it is not JSON of the form"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"keys\": []}", "it has no key for signatures"),
        ("SSH-2.0-OpenSSH\r\n\r\n", "error"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + String(repeating: "a", count: 1_100_000),
            "larger than"
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1292\r\n\r\n{\"keys\":["
                + String(repeating: "null,", count: 256) + "1]}",
            "it has 257 keys, and 256 are the most"
        ),
    ]

    @Test("keeps its keys when others cannot be fetched, and says why", arguments: answers.indices)
    func kept(index: Int) async throws {
        let (answer, reason) = Self.answers[index]
        try await KeyServerTest.run { test in
            try await #expect(test.accepts("rsa"))
            test.answer { _, connection in
                try await connection.send(answer)
                if reason == "error" { connection.close() }
            }
            test.clock.advance(by: RemoteKeySet.pause)
            // Nobody knows whether the set has this token's key by now, so that its client may try again.
            await #expect(throws: TokenStorageError.self) { try await test.accepts("other") }
            try await #expect(test.accepts("rsa"))
            let warnings = test.log.all(from: .warning).filter { $0.contains("cannot be fetched") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("the previous ones stay in use") == true)
            #expect(warnings.first?.contains(reason) == true, "\(warnings)")
            #expect(await !test.verifier.reload())
            test.answer(KeyServerTest.keys(Vectors.otherKeySet))
            test.clock.advance(by: RemoteKeySet.pause)
            #expect(await test.verifier.reload())
            try await #expect(test.accepts("other"))
        }
    }

    @Test("gives up on an answer that does not end, after its time limit")
    func slow() async throws {
        let beginning: TestUpstream.Answer = { try await $1.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{") }
        let nothing: TestUpstream.Answer = { _, _ in }
        for answer in [beginning, nothing] {
            try await KeyServerTest.run(timeLimit: .milliseconds(50), answer: answer) { test in
                await #expect(throws: TokenStorageError.self) { try await test.accepts("rsa") }
                #expect(test.log.all(from: .warning).first?.contains("no answer in time") == true)
            }
        }
    }

    @Test("does not trust a server with another CA's certificate")
    func untrusted() async throws {
        let certificates = try await (TestCertificates(), TestCertificates())
        try await TestUpstream.run(tls: certificates.0.server(), KeyServerTest.keys()) { upstream in
            for authorities in [nil, certificates.1.authority] {
                let log = LogLines()
                let verifier = try JWTVerifier(
                    keySetURL: upstream.baseURL,
                    certificateAuthorities: authorities,
                    logger: log.logger
                )
                let token = try #require(Vectors.tokens["rsa"])
                await #expect(throws: TokenStorageError.self) { try await verifier.verdict(TokenSecret(token)) }
                let line = log.all(from: .warning).first
                #expect(line?.contains("CERTIFICATE_VERIFY_FAILED") == true, "\(line ?? "")")
            }
            #expect(await upstream.requests.all().isEmpty)
        }
    }

    @Test("ends its connections at a shutdown, and accepts no key that it does not have")
    func shutdown() async throws {
        try await KeyServerTest.run { test in
            let upkeep = Task { try await test.verifier.run() }
            _ = await test.clock.sleeps.next()
            upkeep.cancel()
            try await upkeep.value
            #expect(await test.upstream.ends.next() != nil)
            test.clock.advance(by: .seconds(3_600))
            try await #expect(test.accepts("rsa"))
            try await #expect(!test.accepts("other"))
        }
    }
}
#endif
