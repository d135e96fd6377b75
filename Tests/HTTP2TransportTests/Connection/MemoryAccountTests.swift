import HTTP2Transport
import Testing

@Suite struct MemoryAccountTests {
    /// Keeps a charge as long as it lives.
    private final class Keeper: Sendable {
        private let charge: MemoryCharge

        init(_ bytes: Int, _ account: MemoryAccount) {
            charge = MemoryCharge(bytes, to: account)
        }
    }

    @Test("counts a charge from its making to its end")
    func lifetime() {
        let account = MemoryAccount()
        var keeper: Keeper? = Keeper(100, account)
        #expect(account.bytes == 100)
        var charge = MemoryCharge(20, to: account)
        charge.change(to: 50)
        #expect(account.bytes == 150)
        keeper = nil
        #expect(keeper == nil && account.bytes == 50)
        charge.change(to: 0)
        #expect(account.bytes == 0)
        charge.change(to: 7)
        _ = consume charge
        #expect(account.bytes == 0)
    }

    @Test("is correct with any threads that charge and release")
    func threads() async {
        let account = MemoryAccount()
        await withTaskGroup { group in
            for size in 1...8 {
                group.addTask {
                    for count in 0..<2_000 {
                        var charge = MemoryCharge(size, to: account)
                        charge.change(to: count)
                        let keeper = Keeper(count, account)
                        await Task { _ = keeper }.value
                    }
                }
            }
        }
        #expect(account.bytes == 0)
    }
}
