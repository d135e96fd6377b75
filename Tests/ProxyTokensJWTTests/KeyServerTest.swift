#if JWT && HTTPBridge
import LogTestKit
import ProxyTokens
import Synchronization
import Testing
import TokenTestKit
import UpstreamTestKit

@testable import ProxyTokensJWT

/// A verifier with the keys of an HTTPS server, whose answers a test chooses.
final class KeyServerTest: Sendable {
    let clock = ManualClock()
    let log = LogLines()
    let verifier: JWTVerifier
    let upstream: TestUpstream
    private let script: Script

    /// What the server answers.
    private final class Script: Sendable {
        let answer: Mutex<TestUpstream.Answer>

        init(_ answer: @escaping TestUpstream.Answer) {
            self.answer = Mutex(answer)
        }
    }

    /// Answers with a set of keys.
    static func keys(_ set: String = Vectors.keySet, headers: [String] = []) -> TestUpstream.Answer {
        { _, connection in try await connection.answer(headers: headers, set) }
    }

    /// Runs `body` with a server.
    static func run(
        timeLimit: Duration = .seconds(60),
        answer: @escaping TestUpstream.Answer = keys(),
        _ body: (KeyServerTest) async throws -> Void
    ) async throws {
        let certificates = try await TestCertificates()
        let script = Script(answer)
        try await TestUpstream.run(
            tls: certificates.server(),
            { try await script.answer.withLock { $0 }($0, $1) },
            { upstream in
                try await body(KeyServerTest(upstream, script, authorities: certificates.authority, timeLimit))
            }
        )
    }

    private init(_ upstream: TestUpstream, _ script: Script, authorities: String, _ timeLimit: Duration) throws {
        self.upstream = upstream
        self.script = script
        let keys = try RemoteKeySet(
            KeySetURL("\(upstream.baseURL)/keys?tenant=hunter2", allowsPlainHTTP: false),
            authorities: authorities,
            timeLimit: timeLimit,
            clock: clock.refresh,
            logger: log.logger
        )
        verifier = JWTVerifier(
            keys,
            configuration: .init(),
            clock: SettableClock(at: 1_900_000_000).unix,
            logger: log.logger
        )
    }

    func answer(_ answer: @escaping TestUpstream.Answer) {
        script.answer.withLock { $0 = answer }
    }

    /// Whether a token is accepted.
    func accepts(_ name: String) async throws -> Bool {
        try await verifier.token(TokenSecret(#require(Vectors.tokens[name])))?.user == "alice"
    }

    /// How many requests there were; ends the recording.
    func fetches() async -> Int {
        await upstream.requests.all().count
    }
}
#endif
