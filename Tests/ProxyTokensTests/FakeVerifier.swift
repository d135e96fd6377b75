#if Tokens
import ProxyTokens
import Synchronization

/// Answers from a table, counts how often it is asked, and fails when it is told to.
final class FakeVerifier: TokenVerifier {
    struct Outage: Error {}

    private let state: Mutex<(tokens: [String: Token], looks: Int, fails: Bool)>

    init(_ tokens: [String: Token] = [:]) {
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
        try look { $0[secret.text] }
    }

    func token(reference: String) async throws -> Token? {
        try look { $0.values.first { $0.reference == reference } }
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
