import Synchronization

/// How many bytes a connection's peer makes the application hold.
///
/// Only `MemoryCharge` adds and subtracts, from any thread: what a handler holds may be freed anywhere.
package final class MemoryAccount: Sendable {
    private let count = Atomic(0)

    package init() {}

    /// The bytes that are held now.
    package var bytes: Int { count.load(ordering: .relaxed) }

    fileprivate func add(_ bytes: Int) {
        count.wrappingAdd(bytes, ordering: .relaxed)
    }
}

/// Bytes that are held for a peer, counted as long as this value lives.
package struct MemoryCharge: ~Copyable, Sendable {
    private let account: MemoryAccount
    /// The number of bytes.
    package private(set) var bytes: Int

    package init(_ bytes: Int, to account: MemoryAccount) {
        self.account = account
        self.bytes = bytes
        account.add(bytes)
    }

    /// Changes the number of bytes.
    package mutating func change(to bytes: Int) {
        guard bytes != self.bytes else { return }
        account.add(bytes - self.bytes)
        self.bytes = bytes
    }

    deinit {
        account.add(-bytes)
    }
}
