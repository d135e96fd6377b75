import GRPCCall
import HTTP2Framing
import HTTP2Transport
import ProtobufWire
import ProxyMessages

// MARK: - To the client

extension SubscriptionStream {
    /// Sends a publication of the handler's.
    func send(_ publication: Publication) throws -> HTTP2Session.Submission {
        guard phase == .streaming else { throw CancellationError() }
        var publication = publication
        if wantsJSON {
            do {
                publication.data = try PayloadEncoding.json(publication.data, field: "data")
            } catch {
                throw InvalidPayload(description: "\(error)")
            }
        }
        return try shared.withMessage(StreamSubscribeResponse(publication: publication)) { bytes in
            guard waiting.isEmpty else {
                // Behind what a hub could not send yet, so that order is kept.
                waiting.append([UInt8](bytes))
                return .full
            }
            return write(bytes)
        }
    }

    /// Sends a publication, and resumes when there is room for more.
    func send(_ publication: Publication, _ continuation: CheckedContinuation<Void, any Error>) {
        do {
            guard try send(publication) == .full else { return continuation.resume() }
            waitForRoom(continuation)
        } catch {
            continuation.resume(throwing: error)
        }
    }

    /// Resumes when there is room for more.
    func waitForRoom(_ continuation: CheckedContinuation<Void, any Error>) {
        guard phase == .streaming else { return continuation.resume(throwing: CancellationError()) }
        writers.append(continuation)
    }

    /// Sends a hub's message, or keeps it until there is room.
    ///
    /// - Returns: What became of it.
    func deliver(_ message: [UInt8], policy: ChannelHub.SlowReaderPolicy, limit: Int) -> ChannelHub.Delivery {
        guard phase == .streaming else { return .gone }
        guard waiting.isBlocked || !waiting.isEmpty else {
            if message.withUnsafeBytes(write) == .full { waiting.isBlocked = true }
            return .sent
        }
        if waiting.count < limit {
            waiting.append(message)
            return .sent
        }
        switch policy {
        case .dropOldest:
            waiting.dropFirst()
            waiting.append(message)
            return .dropped
        case .interrupt:
            end(with: GRPCStatus(.unavailable, "the reader is too slow"))
            return .interrupted
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> HTTP2Session.Submission {
        let submission = connection.http2.writeBody(bytes, to: stream)
        if submission == .full { waiting.isBlocked = true }
        return submission
    }

    /// The peer has read; what waited goes out.
    func writable() {
        waiting.isBlocked = false
        while !waiting.isBlocked, let message = waiting.removeFirst() {
            _ = message.withUnsafeBytes(write)
        }
        guard !waiting.isBlocked else { return }
        let resumed = writers
        writers = []
        for writer in resumed { writer.resume() }
    }

}

// MARK: - From the client

extension SubscriptionStream {
    /// Resumes with the client's next publication, or with nil at the end.
    func read(_ continuation: CheckedContinuation<Publication?, Never>) {
        readers.append(continuation)
        serveReaders()
        if !readers.isEmpty || decoder.bufferedByteCount < Self.readAhead { returnCredit() }
    }

    func serveReaders() {
        while !readers.isEmpty {
            guard phase == .streaming else {
                readers.removeFirst().resume(returning: nil)
                continue
            }
            do {
                guard let message = try decoder.next(gzip: shared.gzip) else { return }
                let received = try message.withUnsafeBytes { try StreamSubscribeRequest(wireBytes: $0) }
                guard let publication = received.publication else { continue }
                readers.removeFirst().resume(returning: publication)
            } catch {
                end(with: ProxyConnection.status(ofMalformed: error))
            }
        }
    }

    func returnCredit() {
        // Of a stream that is over nothing is owed, and its connection may be gone as well.
        guard owedCredit > 0, phase != .ended else { return }
        connection.http2.consume(owedCredit, of: stream)
        owedCredit = 0
    }
}
