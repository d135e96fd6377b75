import ProxyMessages

/// How a subscription's stream ends, which determines what the client's SDK does next.
public enum SubscriptionEnd: Sendable, Hashable {
    /// It is over for good: the client is unsubscribed (2000) and does not subscribe again. The call's status is OK.
    case finished
    /// It is interrupted: the client subscribes again (after 2500). The call's status is UNAVAILABLE.
    case interrupted
}

/// The content of both kinds of subscription.
struct AcceptedSubscription: Sendable {
    /// The work of a stream's own task.
    ///
    /// One case for each kind of closure: converting one into the other would make every idle stream keep a wrapper.
    enum Serve: Sendable {
        case oneWay(@Sendable (PublicationWriter) async throws -> SubscriptionEnd)
        case bothWays(@Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd)
        case backlog(ChannelHub, @Sendable () async throws -> Backlog)

        func callAsFunction(
            _ publications: ClientPublications,
            _ writer: PublicationWriter
        ) async throws -> Served {
            switch self {
            case .oneWay(let serve): return .ended(try await serve(writer))
            case .bothWays(let serve): return .ended(try await serve(publications, writer))
            case .backlog(let hub, let fetch):
                let backlog = try await fetch()
                for publication in backlog.publications {
                    do {
                        try await writer.write(publication)
                    } catch is PayloadError {
                        // As the hub does: else the client would fail again and again, as long as it is in the backlog.
                        hub.countSkipped()
                    }
                }
                return .caughtUp(backlog.position)
            }
        }
    }

    /// What the task of a stream has come to.
    enum Served {
        /// The stream ends.
        case ended(SubscriptionEnd)
        /// The stream goes on without a task: it follows its hub from this position on.
        case caughtUp(UInt64)
    }

    var result: SubscribeResult
    let source: (hub: ChannelHub, channel: String)?
    let serve: Serve?
}
