import Synchronization

/// How many bytes a connection's peer makes the application hold.
///
/// `MemoryCharge` is the one place that adds and subtracts. From any thread: what a handler holds may be freed anywhere.
package final class MemoryAccount: Sendable {
    private let count = Atomic(0)

    package init() {}

    /// The bytes that are held now.
    package var bytes: Int { count.load(ordering: .relaxed) }

    fileprivate func add(_ bytes: Int) {
        count.wrappingAdd(bytes, ordering: .relaxed)
    }
}

/// Bytes that are held for a peer, counted from the making of this value to its end.
package struct MemoryCharge: ~Copyable, Sendable {
    private let account: MemoryAccount
    /// How many they are.
    package private(set) var bytes: Int

    package init(_ bytes: Int, to account: MemoryAccount) {
        self.account = account
        self.bytes = bytes
        account.add(bytes)
    }

    /// Counts another number of bytes from now on.
    package mutating func change(to bytes: Int) {
        guard bytes != self.bytes else { return }
        account.add(bytes - self.bytes)
        self.bytes = bytes
    }

    deinit {
        account.add(-bytes)
    }
}
