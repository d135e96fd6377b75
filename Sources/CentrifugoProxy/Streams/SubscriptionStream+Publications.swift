import GRPCCall
import HTTP2Framing
import HTTP2Transport
import ProtobufWire
import ProxyMessages

// MARK: - To the client

extension SubscriptionStream {
    /// Sends a publication of the handler's if there is room: the stream must not have more unsent bytes than it
    /// should, and no hub message may be waiting.
    ///
    /// - Returns: Whether it was sent.
    func send(_ publication: Publication) throws -> Bool {
        guard phase == .streaming else { throw CancellationError() }
        guard !waiting.isBlocked, waiting.isEmpty else { return false }
        let publication = try publication.encoded(as: encoding)
        try shared.withMessage(StreamSubscribeResponse(publication: publication)) { write($0) }
        return true
    }

    /// Resumes when there is room for more.
    func waitForRoom(_ waiter: StreamWaiter, _ continuation: CheckedContinuation<Void, any Error>) {
        guard phase == .streaming, !waiter.isCancelled else {
            return continuation.resume(throwing: CancellationError())
        }
        guard waiting.isBlocked || !waiting.isEmpty else { return continuation.resume() }
        writers.append(StreamWriter(waiter: waiter, continuation: continuation, goal: .room))
    }

    /// Resumes, by throwing, when the stream is over.
    func waitForEnd(_ waiter: StreamWaiter, _ continuation: CheckedContinuation<Void, any Error>) {
        guard phase == .streaming, !waiter.isCancelled else {
            return continuation.resume(throwing: CancellationError())
        }
        writers.append(StreamWriter(waiter: waiter, continuation: continuation, goal: .end))
    }

    /// Resumes a waiter whose own task was cancelled, unless it has been resumed already.
    func stopWaiting(_ waiter: StreamWaiter) {
        if let index = writers.firstIndex(where: { $0.waiter === waiter }) {
            writers.remove(at: index).continuation.resume(throwing: CancellationError())
        } else if let index = readers.firstIndex(where: { $0.waiter === waiter }) {
            readers.remove(at: index).continuation.resume(returning: nil)
        }
    }

    /// Sends a hub's message, or keeps it until there is room.
    ///
    /// - Returns: What happened to it.
    func deliver(_ message: HubMessage, policy: ChannelHub.SlowReaderPolicy, limit: Int) -> ChannelHub.Delivery {
        guard phase == .streaming else { return .gone }
        let position = message.position
        guard let message = message.bytes(for: encoding) else { return .skipped }
        if let follower {
            guard follower.isNew(position) else { return .known }
            if follower.isHolding { return hold(message, at: position, for: follower, limit: limit) }
        }
        if isFull(limit) {
            // Only bytes that were offered to the peer are its fault: a burst within one tick has not been written yet.
            connection.http2.writePending()
            guard phase == .streaming else { return .gone }
        }
        guard waiting.isBlocked || !waiting.isEmpty else {
            message.withUnsafeBytes(write)
            return .sent
        }
        let shared = connection.sharedMessages
        if !isFull(limit) {
            waiting.append(message, to: shared)
            return .waits
        }
        switch policy {
        case .dropOldest:
            // If it is the connection that is full, this stream may have no older message.
            guard waiting.removeFirst(of: shared) != nil else { return .dropped }
            waiting.append(message, to: shared)
            return .dropped
        case .interrupt:
            end(with: GRPCStatus(.unavailable, "the reader is too slow"))
            return .interrupted
        }
    }

    /// Whether no more messages may wait for the reader: too many bytes of this stream or of its connection already do.
    private func isFull(_ limit: Int) -> Bool {
        waiting.count >= limit || (waiting.isBlocked && !connection.http2.allowsCalls)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        if connection.http2.writeBody(bytes, to: stream) == .full { waiting.isFull = true }
        guard let unread = shared.unread else { return }
        unread.sent()
        waiting.isUnread = unread.isReached
    }

    /// The peer has read; sends the waiting messages.
    func writable() {
        waiting.isFull = false
        sendWaiting()
    }

    /// Goes on when the reader of a stream within this process has taken enough.
    func watchUnread() {
        guard let unread = shared.unread else { return }
        let subscription = LoopConfined(self)
        let loop = LoopConfined(shared.loop)
        unread.onRoom { loop.value.execute { subscription.value.hasRoomForUnread() } }
    }

    /// The reader within this process has read.
    func hasRoomForUnread() {
        waiting.isUnread = shared.unread?.isReached ?? false
        sendWaiting()
    }

    func sendWaiting() {
        let hub = source?.hub
        var sent = 0
        while !waiting.isBlocked, let message = waiting.removeFirst(of: connection.sharedMessages) {
            sent += 1
            message.withUnsafeBytes(write)
        }
        hub?.waitNoLonger(sent)
        guard !waiting.isBlocked, !writers.isEmpty else { return }
        let resumed = writers.filter { $0.goal == .room }
        writers.removeAll { $0.goal == .room }
        for writer in resumed { writer.continuation.resume() }
    }
}

/// A suspended call of a handler that writes to the stream.
struct StreamWriter {
    /// What it waits for; without it, the call ends with the stream.
    enum Goal {
        case room
        case end
    }

    let waiter: StreamWaiter
    let continuation: CheckedContinuation<Void, any Error>
    let goal: Goal
}

extension Publication {
    /// The publication in the form for a client of that encoding in its own stream.
    func encoded(as encoding: PayloadEncoding) throws(PayloadError) -> Publication {
        do {
            return Publication(data: try encoding.publicationData(data), tags: tags)
        } catch {
            throw PayloadError(description: "\(error)")
        }
    }
}

// MARK: - From the client

extension SubscriptionStream {
    /// Resumes with the client's next publication, or with nil at the end.
    func read(_ waiter: StreamWaiter, _ continuation: CheckedContinuation<Publication?, Never>) {
        readers.append((waiter, continuation))
        serveReaders()
        if waiter.isCancelled { stopWaiting(waiter) }
        returnCreditIfWanted()
        recount()
    }

    func serveReaders() {
        while !readers.isEmpty {
            guard phase == .streaming else {
                readers.removeFirst().continuation.resume(returning: nil)
                continue
            }
            do {
                guard let message = try nextMessage() else {
                    guard hasPeerEnded, !isMessageWaiting else { return }
                    try decoder.finish()
                    readers.removeFirst().continuation.resume(returning: nil)
                    continue
                }
                try take(message)
            } catch {
                end(with: ProxyConnection.status(ofMalformed: error))
            }
        }
    }

    /// Passes a message's publication, if it has one, to the reader that has waited longest.
    func takePublication(_ message: [UInt8]) throws {
        let received = try message.withUnsafeBytes {
            try StreamSubscribeRequest(wireBytes: $0, elementLimit: shared.limits.elements)
        }
        guard let publication = received.publication else { return }
        readers.removeFirst().continuation.resume(returning: publication)
    }

    /// Returns credit to the peer while few bytes wait, or while a message is incomplete that may be longer than that.
    func returnCreditIfWanted() {
        let isIncomplete = !isMessageWaiting && (phase == .receiving || !readers.isEmpty)
        if isIncomplete || decoder.bufferedByteCount < Self.readAhead { returnCredit() }
    }

    private func returnCredit() {
        // A stream that is over owes no credit, and its connection may be gone.
        guard owedCredit > 0, phase != .ended else { return }
        connection.http2.consume(owedCredit, of: stream)
        owedCredit = 0
    }
}
