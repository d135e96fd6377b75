import GRPCCall
import HTTP2Framing
import HTTP2Transport

/// A unary request whose header list is checked and whose message is still arriving.
final class IncompleteRequest: DeadlineOwner {
    let stream: HTTP2Stream
    let head: RequestHead
    let deadline: UInt64?
    /// The armed timer of the deadline, or of the server's own patience.
    var timer: Int32?
    private unowned let connection: ProxyConnection

    init(stream: HTTP2Stream, head: RequestHead, deadline: UInt64?, connection: ProxyConnection) {
        self.stream = stream
        self.head = head
        self.deadline = deadline
        self.connection = connection
    }

    func deadlinePassed() {
        timer = nil
        connection.refuse(stream, GRPCStatus(.deadlineExceeded, "the deadline passed before the request had arrived"))
    }
}
