import HTTP2Transport
import Testing

@testable import CentrifugoProxy

@Suite struct SharedMessagesTests {
    @Test("counts a message once however many streams wait for it, and a place for each")
    func once() {
        let account = MemoryAccount()
        let shared = SharedMessages(countedBy: account)
        let message = [UInt8](repeating: 1, count: 100_000)
        let other = [UInt8](repeating: 1, count: 100_000)
        shared.add(message)
        let first = account.bytes
        #expect(first >= 100_000 && first < 101_000)
        for _ in 0..<9 { shared.add(message) }
        #expect(account.bytes < first + 1_000 && account.bytes > first)
        shared.add(other)
        #expect(account.bytes > 200_000)
        for _ in 0..<10 { shared.remove(message) }
        #expect(account.bytes == first)
        shared.remove(other)
        #expect(account.bytes == 0)
        // Never added, so there is nothing to remove.
        shared.remove(message)
        #expect(account.bytes == 0)
    }

    @Test("counts nothing for an emptied queue")
    func emptied() {
        let account = MemoryAccount()
        let shared = SharedMessages(countedBy: account)
        var waiting = WaitingMessages()
        for count in 1...50 { waiting.append([UInt8](repeating: 0, count: count), to: shared) }
        for _ in 0..<20 { _ = waiting.removeFirst(of: shared) }
        #expect(account.bytes > 0)
        waiting.removeAll(of: shared)
        #expect(account.bytes == 0 && waiting.isEmpty)
    }
}
