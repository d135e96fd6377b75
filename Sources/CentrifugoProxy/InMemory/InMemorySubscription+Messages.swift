import GRPCCall
import ProtobufWire
import ProxyMessages
import Synchronization

// MARK: - To the peer

extension InMemorySubscription {
    /// Sends the first message, unless the stream is over; `prepare` runs before the peer can read it.
    func sendFirst(_ message: [UInt8], prepare: () -> Void = {}) {
        prepare()
        state.withLock { state in
            guard state.phase == .deciding else { return }
            state.phase = .streaming
            Self.hand(message, to: &state)
        }
    }

    /// The next message for the peer; nil when there are no more, and when the task is cancelled.
    package func next() async -> [UInt8]? {
        let waiter = StreamWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if !state.outgoing.isEmpty {
                        continuation.resume(returning: state.outgoing.removeFirst())
                        makeRoom(&state)
                    } else if state.phase == .ended || waiter.isCancelled {
                        continuation.resume(returning: nil)
                    } else {
                        state.peers.append((waiter, continuation))
                    }
                }
            }
        } onCancel: {
            waiter.cancel { stopWaiting(waiter) }
        }
    }

    /// Sends a publication of the handler's, if there is room.
    ///
    /// - Returns: Whether it was sent.
    func send(_ publication: Publication) throws -> Bool {
        let message = StreamSubscribeResponse(publication: try publication.encoded(as: encoding)).wireBytes()
        return try state.withLock { state in
            guard state.phase == .streaming else { throw CancellationError() }
            guard state.outgoing.count < room else { return false }
            let limit = LengthPrefix.defaultLimit
            guard message.count <= limit else { throw PayloadError.tooLarge(message.count, limit: limit) }
            Self.hand(message, to: &state)
            return true
        }
    }

    /// Returns when there is room for more.
    func waitForRoom() async throws {
        let waiter = StreamWaiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.withLock { state in
                    if state.phase != .streaming || waiter.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else if state.outgoing.count < room {
                        continuation.resume()
                    } else {
                        state.writers.append((waiter, continuation))
                    }
                }
            }
        } onCancel: {
            waiter.cancel { stopWaiting(waiter) }
        }
    }

    /// Sends a hub's message, which is behind its length prefix, or keeps it until there is room.
    ///
    /// - Returns: What became of it.
    func deliver(_ message: HubMessage, policy: ChannelHub.SlowReaderPolicy, limit: Int) -> ChannelHub.Delivery {
        let delivery = state.withLock { state -> ChannelHub.Delivery in
            guard state.phase == .streaming else { return .gone }
            guard let prefixed = message.bytes(for: state.encoding) else { return .skipped }
            let message = Array(prefixed.dropFirst(LengthPrefix.byteCount))
            guard state.outgoing.count >= room + limit else {
                Self.hand(message, to: &state)
                return .sent
            }
            guard policy == .dropOldest else { return .interrupted }
            // What is in front of these is on its way already.
            state.outgoing.remove(at: room)
            state.outgoing.append(message)
            return .dropped
        }
        if delivery == .interrupted { end(with: GRPCStatus(.unavailable, "the reader is too slow")) }
        return delivery
    }

    private static func hand(_ message: [UInt8], to state: inout State) {
        if !state.peers.isEmpty {
            state.peers.removeFirst().continuation.resume(returning: message)
        } else {
            state.outgoing.append(message)
        }
    }

    private func makeRoom(_ state: inout State) {
        guard state.outgoing.count < room else { return }
        for writer in state.writers { writer.continuation.resume() }
        state.writers = []
    }
}

// MARK: - From the client

extension InMemorySubscription {
    /// Takes a message of the peer's.
    package func receive(_ message: [UInt8]) {
        let received: StreamSubscribeRequest
        do {
            received = try message.withUnsafeBytes { bytes throws(WireError) in
                try StreamSubscribeRequest(wireBytes: bytes)
            }
        } catch {
            return end(with: ProxyConnection.status(ofMalformed: error))
        }
        guard let publication = received.publication else { return }
        state.withLock { state in
            guard state.phase != .ended, !state.hasPeerEnded else { return }
            if !state.readers.isEmpty {
                state.readers.removeFirst().continuation.resume(returning: publication)
            } else {
                state.incoming.append(publication)
            }
        }
    }

    /// Takes the peer's end of its side, which ends the client's publications behind those that wait, and nothing else.
    package func receiveEnd() {
        state.withLock { state in
            state.hasPeerEnded = true
            // They wait because there is nothing to read.
            for reader in state.readers { reader.continuation.resume(returning: nil) }
            state.readers = []
        }
    }

    /// The client's next publication, or nil at the end.
    func read() async -> Publication? {
        let waiter = StreamWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.phase != .streaming || waiter.isCancelled {
                        continuation.resume(returning: nil)
                    } else if !state.incoming.isEmpty {
                        continuation.resume(returning: state.incoming.removeFirst())
                    } else if state.hasPeerEnded {
                        continuation.resume(returning: nil)
                    } else {
                        state.readers.append((waiter, continuation))
                    }
                }
            }
        } onCancel: {
            waiter.cancel { stopWaiting(waiter) }
        }
    }

    /// Ends a call whose own task is cancelled, unless it has ended by itself.
    private func stopWaiting(_ waiter: StreamWaiter) {
        state.withLock { state in
            if let index = state.peers.firstIndex(where: { $0.waiter === waiter }) {
                state.peers.remove(at: index).continuation.resume(returning: nil)
            } else if let index = state.readers.firstIndex(where: { $0.waiter === waiter }) {
                state.readers.remove(at: index).continuation.resume(returning: nil)
            } else if let index = state.writers.firstIndex(where: { $0.waiter === waiter }) {
                state.writers.remove(at: index).continuation.resume(throwing: CancellationError())
            }
        }
    }
}
