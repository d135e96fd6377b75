package import HTTP2Framing

/// One request of a client and its answer, confined to an event loop.
///
/// It may wait before a connection takes it, and may be handed to another connection while the server has not processed it.
package final class ClientStream {
    private enum State {
        case waiting
        case open(HTTP2ClientConnection, Int32)
        case over
    }

    let headers: HeaderFields
    /// Whether it waits for a server that cannot be reached now; otherwise it then ends at once.
    package let waitsForServer: Bool
    /// How often a server refused it.
    package var refusals = 0
    /// Called once, when the last answer has been delivered.
    package var whenOver: () -> Void = {}
    /// How many bytes it holds.
    package private(set) var heldBytes = 0
    private let deliver: (HTTP2Exchange.Answer) -> Void
    private var state = State.waiting
    /// What the request's body consists of, until the server begins to answer.
    private var body: [(bytes: [UInt8], isLast: Bool)] = []
    private var isBodyWhole = false
    /// Whether the server has begun to answer; then it is not sent again.
    private(set) var isAnswered = false

    /// Makes a stream that waits for a connection.
    ///
    /// - Parameters:
    ///   - headers: The request's headers, pseudo-headers first.
    ///   - waitsForServer: Whether it waits for a server that cannot be reached.
    ///   - deliver: Takes the answers, on the event loop.
    package init(
        headers: HeaderFields,
        waitsForServer: Bool = false,
        deliver: @escaping (HTTP2Exchange.Answer) -> Void
    ) {
        self.headers = headers
        self.waitsForServer = waitsForServer
        self.deliver = deliver
    }

    /// Makes a stream whose answers are a sequence.
    package convenience init(
        headers: HeaderFields,
        waitsForServer: Bool = false,
        answers: AsyncStream<HTTP2Exchange.Answer>.Continuation
    ) {
        self.init(headers: headers, waitsForServer: waitsForServer) { answer in
            answers.yield(answer)
            switch answer {
            case .headers, .body: break
            case .ended, .reset, .lost, .refused, .left: answers.finish()
            }
        }
    }

    package var isOver: Bool {
        if case .over = state { true } else { false }
    }

    package func obey(_ command: HTTP2Exchange.Command) {
        switch command {
        case .send(let bytes, let isLast): send(bytes, isLast)
        case .taken(let count):
            if case .open(let connection, let id) = state { connection.consume(count, of: id) }
        case .leave(let reason):
            if case .open(let connection, let id) = state { connection.cancel(id) }
            tell(.left(reason))
        }
    }

    private func send(_ bytes: [UInt8], _ isLast: Bool) {
        guard !isBodyWhole, !isOver else { return }
        isBodyWhole = isLast
        if !isAnswered {
            body.append((bytes, isLast))
            heldBytes += bytes.count
        }
        if case .open(let connection, let id) = state { connection.send(bytes, isLast: isLast, on: id) }
    }

    /// Takes note of the connection, and sends it the body.
    func opened(on connection: HTTP2ClientConnection, as id: Int32) {
        state = .open(connection, id)
        for part in body { connection.send(part.bytes, isLast: part.isLast, on: id) }
    }

    /// Waits again: the server has not processed it.
    func returned() {
        guard !isOver else { return }
        state = .waiting
    }

    /// Delivers an answer; nothing after the last one.
    package func tell(_ answer: HTTP2Exchange.Answer) {
        guard !isOver else { return }
        isAnswered = true
        body = []
        switch answer {
        case .headers, .body: deliver(answer)
        case .ended, .reset, .lost, .refused, .left:
            state = .over
            deliver(answer)
            whenOver()
        }
    }
}
