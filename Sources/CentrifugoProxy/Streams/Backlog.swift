public import ProxyMessages

/// What a channel has published before a client subscribed, and up to which position that goes.
///
/// A position is a number of your own for each publication of a channel, such as the identifier of its row or its offset.
/// It grows with every publication of the channel. Store a publication before you publish it, and let it become visible
/// to readers only after all with lower positions.
public struct Backlog: Sendable {
    /// The publications, the oldest first.
    public var publications: [Publication]
    /// The position of the last publication that had been stored, whether it is among these or not.
    ///
    /// What the hub delivers with this position or a lower one is not sent again.
    public var position: UInt64

    /// Makes a backlog.
    ///
    /// - Parameters:
    ///   - publications: The publications, the oldest first.
    ///   - position: The position of the last one that had been stored; 0 if nothing had.
    public init(_ publications: [Publication], upTo position: UInt64) {
        self.publications = publications
        self.position = position
    }
}

/// What a stream with a backlog keeps of its hub's messages: first all of them, then those that the backlog does not have.
///
/// On the stream's event loop.
final class BacklogFollower {
    typealias Held = (message: [UInt8], position: UInt64?)

    /// The messages that arrived before the backlog was sent.
    private(set) var held: [Held] = []
    /// The backlog's position; nil until the backlog has been sent.
    private(set) var position: UInt64?

    var isHolding: Bool { position == nil }

    func hold(_ message: [UInt8], at position: UInt64?) {
        held.append((message, position))
    }

    /// Whether a message is new to a client that has the backlog.
    ///
    /// Without a position it is part of no backlog.
    func isNew(_ position: UInt64?) -> Bool {
        guard let last = self.position, let position else { return true }
        return position > last
    }

    /// The backlog has been sent.
    /// - Returns: The messages that were held.
    func caughtUp(with position: UInt64) -> [Held] {
        self.position = position
        return releaseAll()
    }

    func releaseAll() -> [Held] {
        defer { held = [] }
        return held
    }
}
