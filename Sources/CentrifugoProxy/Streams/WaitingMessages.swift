/// Encoded messages that wait until their stream's reader has caught up.
///
/// A hub's message is one array that all its streams share, so that waiting costs a reference.
struct WaitingMessages {
    /// Whether the stream has more unsent bytes than it should.
    var isBlocked = false
    private var messages: [[UInt8]] = []
    private var first = 0

    var count: Int { messages.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ message: [UInt8], to shared: SharedMessages) {
        messages.append(message)
        shared.add(message)
    }

    mutating func removeFirst(of shared: SharedMessages) -> [UInt8]? {
        guard first < messages.count else { return nil }
        let message = messages[first]
        messages[first] = []
        first += 1
        // Moving only when at least as much is gone as remains keeps the cost constant per message.
        if first >= count {
            messages.removeFirst(first)
            first = 0
        }
        if messages.isEmpty { messages = [] }
        shared.remove(message)
        return message
    }

    mutating func removeAll(of shared: SharedMessages) {
        for message in messages[first...] { shared.remove(message) }
        self = WaitingMessages()
    }
}
