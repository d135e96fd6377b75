import GRPCCall
import HTTP2Framing
import HTTP2Transport

/// A unary request with a checked header list, whose message is still arriving or waits to be decoded.
final class IncompleteRequest: DeadlineOwner {
    let stream: HTTP2Stream
    /// The route of the request.
    let route: Int
    let head: CallHead
    let deadline: UInt64?
    /// The complete message while it waits to be decoded.
    let body: HeldBody?
    /// When its header list was read, in nanoseconds of `ServerLoop.clock`.
    let receivedAt: UInt64
    /// The timer of the deadline, or of `requestTimeout` when that is earlier.
    var timer: Int32?
    private unowned let connection: ProxyConnection

    init(
        stream: HTTP2Stream,
        route: Int,
        head: CallHead,
        deadline: UInt64?,
        body: HeldBody? = nil,
        connection: ProxyConnection
    ) {
        self.stream = stream
        self.route = route
        self.receivedAt = connection.http2.receivedAt
        self.body = body
        self.head = head
        self.deadline = deadline
        self.connection = connection
    }

    func deadlinePassed() {
        timer = nil
        connection.refuse(stream, GRPCStatus(.deadlineExceeded, "the deadline passed before the request had arrived"))
    }
}

extension IncompleteRequest: LargeMessageOwner {
    func decodePart(with messages: LargeMessages) -> Bool {
        // Its stream may be gone, and so may the connection.
        guard let body, connection.holds(self) else { return true }
        do {
            return try body.bytes.withUnsafeBytes { bytes in
                let limit = connection.shared.limits.request
                let (message, isCompressed) = try UnaryMessage.content(of: bytes, encoding: head.encoding, limit: limit)
                guard isCompressed else {
                    connection.start(self, body, .view(message))
                    return true
                }
                guard let inflated = try messages.inflate(message) else { return false }
                connection.start(self, body, .owned(inflated))
                return true
            }
        } catch {
            connection.refuse(stream, ProxyConnection.status(ofMalformed: error))
            return true
        }
    }
}

/// A complete body, charged to its connection.
final class HeldBody {
    let route: Int
    let bytes: [UInt8]
    private let charge: MemoryCharge

    /// Copies a body.
    ///
    /// - Parameters:
    ///   - bytes: The body.
    ///   - route: The route of the request.
    ///   - account: The account of the connection.
    init(_ bytes: UnsafeRawBufferPointer, route: Int, account: MemoryAccount) {
        self.route = route
        self.bytes = Array(bytes)
        charge = MemoryCharge(bytes.count, to: account)
    }
}
