import GRPCCall
import HTTP2Framing
import HTTP2Transport
import NIOCore

/// A call with one answer, confined to its channel's event loop.
final class UnaryCall {
    private var reader: AnswerReader
    private var stream: ClientStream?
    private var message: [UInt8]?
    private var continuation: CheckedContinuation<Result<[UInt8], GRPCStatus>, Never>?
    private var clock: Scheduled<Void>?
    private var timeout = TimeAmount.zero
    /// Whether the caller left before the call began.
    private var isLeft = false

    init(limit: Int) {
        reader = AnswerReader(limit: limit)
    }

    /// Takes the caller's continuation; returns the stream to submit.
    func begin(
        _ headers: HeaderFields,
        timeout: TimeAmount,
        _ waitsForServer: Bool,
        _ continuation: CheckedContinuation<Result<[UInt8], GRPCStatus>, Never>
    ) -> ClientStream {
        self.continuation = continuation
        self.timeout = timeout
        // The stream keeps this call alive until the stream is over.
        let stream = ClientStream(headers: headers, waitsForServer: waitsForServer) { self.take($0) }
        self.stream = stream
        if isLeft { stream.obey(.leave(.interrupted)) }
        return stream
    }

    func startClock(on eventLoop: any EventLoop) {
        guard continuation != nil else { return }
        clock = eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in self?.leave(.timedOut) }
    }

    func leave(_ reason: HTTP2Exchange.Leave) {
        isLeft = true
        stream?.obey(.leave(reason))
    }

    private func take(_ answer: HTTP2Exchange.Answer) {
        guard continuation != nil else { return }
        if case .body(let bytes) = answer { stream?.obey(.taken(bytes.count)) }
        let (messages, outcome) = reader.read(answer, timeout: Double(timeout.nanoseconds) / 1e9)
        for next in messages {
            guard message == nil else {
                return end(.failure(GRPCStatus(.internalError, "the server sent more than one message")))
            }
            message = next
        }
        guard let status = outcome?.status else { return }
        guard status.code == .ok else { return end(.failure(status)) }
        end(message.map { .success($0) } ?? .failure(GRPCStatus(.internalError, "the server sent no message")))
    }

    private func end(_ result: Result<[UInt8], GRPCStatus>) {
        clock?.cancel()
        let waiting = continuation
        continuation = nil
        // Of a call that is not over on the wire, such as one whose answer breaks the rules of gRPC.
        stream?.obey(.leave(.satisfied))
        stream = nil
        waiting?.resume(returning: result)
    }
}
