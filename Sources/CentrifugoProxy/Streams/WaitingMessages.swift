import DequeModule

/// Encoded messages that wait until their stream's reader has caught up.
///
/// A hub's message is one array that all its streams share, so that a waiting message takes only a reference.
struct WaitingMessages {
    /// Whether the stream has more unsent bytes than it should.
    var isFull = false
    /// Whether the stream's reader within this process has left too many messages unread.
    var isUnread = false
    private var messages = Deque<[UInt8]>()

    /// Whether messages have to wait.
    var isBlocked: Bool { isFull || isUnread }
    var count: Int { messages.count }
    var isEmpty: Bool { messages.isEmpty }

    mutating func append(_ message: [UInt8], to shared: SharedMessages) {
        messages.append(message)
        shared.add(message)
    }

    mutating func removeFirst(of shared: SharedMessages) -> [UInt8]? {
        guard let message = messages.popFirst() else { return nil }
        // Memory for a burst is not kept by a stream whose reader has caught up.
        if messages.isEmpty { messages = [] }
        shared.remove(message)
        return message
    }

    mutating func removeAll(of shared: SharedMessages) {
        for message in messages { shared.remove(message) }
        self = WaitingMessages()
    }
}
