import GRPCCall
import HTTP2Framing

/// The checked heads of a connection's numbered header lists, so that no list is checked again.
struct RequestHeadCache {
    private var heads: [(number: UInt64, head: CallHead)] = []
    /// The version of the shared secret that the heads have passed.
    private var version: UInt64 = 0

    /// The checked head of a list, with the list's own timeout; nil when it has to be checked.
    ///
    /// - Parameters:
    ///   - list: The header list.
    ///   - version: The version of the shared secret, read before the list is checked: heads of another are forgotten.
    /// - Returns: The head.
    mutating func head(of list: HeaderList, version: UInt64) -> CallHead? {
        guard version == self.version else {
            self.version = version
            heads = []
            return nil
        }
        let place = Int(list.number % HeaderList.recentCount)
        guard place < heads.count, heads[place].number == list.number, list.number != 0 else { return nil }
        var head = heads[place].head
        if let value = list.timeout {
            guard let timeout = GRPCTimeout.nanoseconds(value) else { return nil }
            head.timeout = timeout
        }
        return head
    }

    /// Keeps the head of a list that has passed all checks, in the place of an older one.
    mutating func keep(_ head: CallHead, of list: HeaderList) {
        guard list.number != 0 else { return }
        let place = Int(list.number % HeaderList.recentCount)
        while heads.count <= place { heads.append((0, head)) }
        heads[place] = (list.number, head)
    }
}
