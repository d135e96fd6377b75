import GRPCCall
import HTTP2Transport

/// Requests of one connection that take long to decode: done part by part, one after the other, while others have their
/// turn.
final class LargeRequests: LoopWork {
    // Bytes of a message that is decoded as soon as it has arrived.
    private static let smallest = 64 * 1_024
    // Bytes that are inflated at once: less than a millisecond.
    private static let part = 256 * 1_024

    // Strong, since the loop keeps this while there is work. The connection drops this when there is none, or at its end.
    private let connection: ProxyConnection
    private var waiting: [IncompleteRequest] = []
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

    func append(_ request: IncompleteRequest) {
        waiting.append(request)
        if waiting.count == 1 { connection.loop.submit(self) }
    }

    func proceed() -> Bool {
        let request = waiting[0]
        // Its stream may be gone, and so may the connection.
        if let body = request.body, connection.holds(request) {
            do {
                guard try decode(body, of: request) else { return true }
            } catch {
                connection.refuse(request.stream, ProxyConnection.status(ofMalformed: error))
            }
        }
        inflation = nil
        charge.change(to: 0)
        waiting.removeFirst()
        if waiting.isEmpty { connection.hasNoLargeRequests() }
        return !waiting.isEmpty
    }

    /// Inflates a part of the message, or starts the call.
    /// - Returns: Whether the request is done with.
    private func decode(_ body: HeldBody, of request: IncompleteRequest) throws -> Bool {
        let limit = connection.shared.limits.request
        return try body.bytes.withUnsafeBytes { bytes in
            let encoding = request.head.encoding
            let (message, isCompressed) = try UnaryMessage.content(of: bytes, encoding: encoding, limit: limit)
            guard isCompressed else {
                connection.start(request, body, .view(message))
                return true
            }
            var inflation = try self.inflation.take() ?? gzip.beginInflating(message, limit: limit)
            charge.change(to: inflation.length)
            let isDone = try gzip.inflate(message, atMost: Self.part, into: &inflation)
            if isDone {
                connection.start(request, body, .owned(inflation.output))
            } else {
                self.inflation = inflation
            }
            return isDone
        }
    }
}
