import CentrifugoProxy
import EventCaller
import GRPCCall
import Synchronization

/// The messages of a stream, for any number of tasks that read it.
final class ReadStream: Sendable {
    private struct State {
        /// Messages that nobody has read.
        var messages: [[UInt8]] = []
        var readers: [(reader: Reader, continuation: CheckedContinuation<[UInt8]?, Never>)] = []
        var isOver = false
        var status: GRPCStatus?
    }

    /// A suspended call of ``next()``.
    private final class Reader: Sendable {
        let isCancelled = Atomic(false)
    }

    let call: JoinedCall
    let unread: UnreadLimit
    private let state = Mutex(State())

    /// Reads the call's messages, to its end.
    init(_ call: JoinedCall, unread: UnreadLimit) {
        self.call = call
        self.unread = unread
        Task {
            let status = await call.run { self.receive($0) }
            end(with: status)
        }
    }

    /// The status that the stream has ended with; nil before, and when this side has left.
    var status: GRPCStatus? { state.withLock { $0.status } }

    /// The next message; nil when there are no more, or the task is cancelled.
    func next() async -> [UInt8]? {
        let reader = Reader()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if !state.messages.isEmpty {
                        continuation.resume(returning: state.messages.removeFirst())
                    } else if state.isOver || reader.isCancelled.load(ordering: .relaxed) {
                        continuation.resume(returning: nil)
                    } else {
                        state.readers.append((reader, continuation))
                    }
                }
            }
        } onCancel: {
            // The lock below orders the store.
            reader.isCancelled.store(true, ordering: .relaxed)
            state.withLock { state in
                guard let index = state.readers.firstIndex(where: { $0.reader === reader }) else { return }
                state.readers.remove(at: index).continuation.resume(returning: nil)
            }
        }
    }

    /// Leaves the call, unless it is over; unread messages are dropped.
    func cancel() {
        if end(with: nil, keepsMessages: false) { call.cancel() }
    }

    private func receive(_ message: [UInt8]) {
        state.withLock { state in
            guard !state.isOver else { return }
            if state.readers.isEmpty {
                state.messages.append(message)
            } else {
                state.readers.removeFirst().continuation.resume(returning: message)
            }
        }
    }

    /// Ends the stream; only the first call has an effect.
    /// - Returns: Whether this was the first.
    @discardableResult
    private func end(with status: GRPCStatus?, keepsMessages: Bool = true) -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.isOver = true
            state.status = status
            if !keepsMessages { state.messages = [] }
            for (_, continuation) in state.readers { continuation.resume(returning: nil) }
            state.readers = []
            return true
        }
    }
}
