import GRPCCall
import HTTP2Transport

/// A receiver of a message that takes long to decode.
protocol LargeMessageOwner: AnyObject {
    /// Inflates a part of the message, or decodes the inflated message; drops the message when its call has ended.
    ///
    /// - Parameter messages: What inflates it.
    /// - Returns: Whether it is done with the message.
    func decodePart(with messages: LargeMessages) -> Bool
}

/// Messages of one connection that take long to decode: they are decoded one after the other, in chunks, and other work has
/// its turns in between.
final class LargeMessages: ChunkedWork {
    // Bytes up to which a message is decoded as soon as it has arrived.
    private static let smallest = 64 * 1_024
    // Bytes of a chunk: inflating them takes less than a millisecond.
    private static let part = 256 * 1_024

    // Strong, since the loop keeps this object while there is work. The connection drops it when there is none, or at its
    // end.
    private let connection: ProxyConnection
    private var owners: [any LargeMessageOwner] = []
    // Not the loop's: an inflation that has begun goes on after others.
    private let gzip = Gzip()
    private var inflation: Gzip.Inflation?
    private var charge: MemoryCharge

    init(of connection: ProxyConnection) {
        self.connection = connection
        charge = MemoryCharge(0, to: connection.account)
    }

    /// Whether a message of so many bytes is decoded here.
    static func takes(workload: Int) -> Bool {
        workload > smallest
    }

    /// Queues the owner's message after those that wait already.
    func append(_ owner: any LargeMessageOwner) {
        owners.append(owner)
        if owners.count == 1 { connection.loop.submit(self) }
    }

    func doChunk() -> Bool {
        // An owner may queue its next message while it is still the first.
        guard owners[0].decodePart(with: self) else { return true }
        inflation = nil
        charge.change(to: 0)
        owners.removeFirst()
        if owners.isEmpty { connection.hasNoLargeMessages() }
        return !owners.isEmpty
    }

    /// Inflates a chunk of the message of the owner whose turn it is.
    ///
    /// - Parameter message: The whole message as it was received, each time.
    /// - Returns: The inflated message, or nil while it is not complete.
    /// - Throws: As ``Gzip/inflate(_:limit:)``.
    func inflate(_ message: UnsafeRawBufferPointer) throws(GRPCStatus) -> [UInt8]? {
        let limit = connection.shared.limits.request
        let begun = self.inflation.take()
        var inflation = if let begun { begun } else { try gzip.beginInflating(message, limit: limit) }
        charge.change(to: inflation.length)
        if try gzip.inflate(message, atMost: Self.part, into: &inflation) { return inflation.output }
        self.inflation = inflation
        return nil
    }
}
