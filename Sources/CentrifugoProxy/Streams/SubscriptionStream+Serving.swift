import GRPCCall
import HTTP2Transport
import Tracing

// MARK: - The handler's task

extension SubscriptionStream {
    /// Starts the task that serves the stream.
    func start(_ serve: AcceptedSubscription.Serve) {
        let subscription = LoopConfined(self)
        let loop = LoopConfined(shared.loop)
        let trace = observation.trace
        task = shared.loop.start {
            let outcome: Result<AcceptedSubscription.Served, any Error>
            do {
                let publications = ClientPublications(subscription, loop: loop)
                let writer = PublicationWriter(subscription, loop: loop)
                let served = try await ServiceContext.$current.withValue(trace?.context) {
                    try await serve(publications, writer)
                }
                outcome = .success(served)
            } catch {
                outcome = .failure(error)
            }
            loop.value.run { subscription.value.served(outcome) }
        }
        recount()
    }

    /// The handler's task has ended.
    private func served(_ outcome: Result<AcceptedSubscription.Served, any Error>) {
        task = nil
        let served = negotiation.take()
        recount()
        guard phase == .streaming else {
            timer.clear(on: shared.loop)
            if isAbandoned { connection.countAbandoned(-1) }
            return cleanUp()
        }
        switch outcome {
        case .success(.ended(.finished)): end(with: .ok)
        case .success(.ended(.interrupted)): end(with: .interrupted)
        case .success(.caughtUp(let position)): follow(from: position)
        case .failure(let error):
            // Here an invalid payload is not the client's fault: the handler wrote it.
            if !isRefusal(error) || error is PayloadError { report(error, served?.subject, isServing: true) }
            end(with: GRPCStatus(ofServing: error))
        }
    }
}

// MARK: - A hub after a backlog

extension SubscriptionStream {
    /// How many hub messages wait for the reader.
    var waitingCount: Int { waiting.count + (follower?.held.count ?? 0) }

    /// Keeps a message until the backlog has been sent.
    func hold(
        _ message: [UInt8],
        at position: UInt64?,
        for follower: BacklogFollower,
        limit: Int
    ) -> ChannelHub.Delivery {
        guard follower.held.count < limit, connection.http2.allowsCalls else {
            // Whatever the hub's policy: the client must not miss anything between the backlog and what follows.
            end(with: GRPCStatus(.unavailable, "more was published than can wait for the backlog"))
            return .interrupted
        }
        follower.hold(message, at: position)
        connection.sharedMessages.add(message)
        return .waits
    }

    /// The backlog has been sent: goes on with what arrived meanwhile and is not part of it, and then with the hub.
    private func follow(from position: UInt64) {
        guard let follower else { return }
        var known = 0
        for (message, place) in follower.caughtUp(with: position) {
            connection.sharedMessages.remove(message)
            if follower.isNew(place) {
                waiting.append(message, to: connection.sharedMessages)
            } else {
                known += 1
            }
        }
        source?.hub.waitNoLonger(known)
        sendWaiting()
    }

    /// Drops the messages that wait.
    func removeWaiting() {
        waiting.removeAll(of: connection.sharedMessages)
        for (message, _) in follower?.releaseAll() ?? [] { connection.sharedMessages.remove(message) }
        follower = nil
    }
}
