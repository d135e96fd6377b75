import GRPCCall
import HTTP2Transport

/// Who has received a message that takes long to decode.
protocol LargeMessageOwner: AnyObject {
    /// Has a part of the message inflated, or takes what has become of it; lets go of the message when nobody waits for it
    /// any more.
    ///
    /// - Parameter messages: What inflates it.
    /// - Returns: Whether it is done with the message.
    func decodePart(with messages: LargeMessages) -> Bool
}

/// Messages of one connection that take long to decode: done part by part, one after the other, while others have their
/// turn.
final class LargeMessages: ChunkedWork {
    // Bytes of a message that is decoded as soon as it has arrived.
    private static let smallest = 64 * 1_024
    // Bytes that are inflated at once: less than a millisecond.
    private static let part = 256 * 1_024

    // Strong, since the loop keeps this while there is work. The connection drops this when there is none, or at its end.
    private let connection: ProxyConnection
    private var owners: [any LargeMessageOwner] = []
    // Of its own: what is begun goes on after others were inflated.
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

    /// Has the owner's message decoded behind those that wait already.
    func append(_ owner: any LargeMessageOwner) {
        owners.append(owner)
        if owners.count == 1 { connection.loop.submit(self) }
    }

    func doChunk() -> Bool {
        // An owner may come back while it is the first: with its next message.
        guard owners[0].decodePart(with: self) else { return true }
        inflation = nil
        charge.change(to: 0)
        owners.removeFirst()
        if owners.isEmpty { connection.hasNoLargeMessages() }
        return !owners.isEmpty
    }

    /// Inflates a part of the message of the owner whose turn it is.
    ///
    /// - Parameter message: The whole message as it was received, each time.
    /// - Returns: What it is when all is inflated; else nil.
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
