#if Tokens
import ProxyTokens
import Synchronization

/// Answers from a table, counts its calls, and fails if told to.
final class FakeVerifier: TokenVerifier {
    struct Outage: Error {}

    /// What a lookup waits for after it has found its result.
    private let beforeAnswer: @Sendable (String) async -> Void
    private let state: Mutex<(tokens: [String: Token], looks: Int, fails: Bool)>

    init(_ tokens: [String: Token] = [:], beforeAnswer: @escaping @Sendable (String) async -> Void = { _ in }) {
        self.beforeAnswer = beforeAnswer
        state = Mutex((tokens, 0, false))
    }

    var tokens: [String: Token] {
        get { state.withLock { $0.tokens } }
        set { state.withLock { $0.tokens = newValue } }
    }

    var looks: Int { state.withLock { $0.looks } }

    var fails: Bool {
        get { state.withLock { $0.fails } }
        set { state.withLock { $0.fails = newValue } }
    }

    func token(_ secret: TokenSecret) async throws -> Token? {
        let found = try look { $0[secret.text] }
        await beforeAnswer(secret.text)
        return found
    }

    func token(reference: String) async throws -> Token? {
        let found = try look { $0.values.first { $0.reference == reference } }
        await beforeAnswer(reference)
        return found
    }

    private func look(_ find: ([String: Token]) -> Token?) throws -> Token? {
        try state.withLock { state in
            state.looks += 1
            if state.fails { throw Outage() }
            return find(state.tokens)
        }
    }
}
#endif
