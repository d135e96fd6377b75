#if Tokens
import ProxyTokens
import Testing
import TokenTestKit

@Suite struct InMemoryTokenStorageTests {
    @Test("behaves as every storage does", arguments: TokenStorageBehaviour.all)
    func behaviour(_ behaviour: TokenStorageBehaviour) async throws {
        let clock = SettableClock()
        try await behaviour.check(InMemoryTokenStorage(clock: clock.unix), clock)
    }
}
#endif
