import ProxyMessages

/// How a subscription's stream ends, by what the client's SDK does next.
public enum SubscriptionEnd: Sendable, Hashable {
    /// It is over for good: the client is unsubscribed (2000) and does not subscribe again. The call's status is OK.
    case finished
    /// It is cut short: the client subscribes again (after 2500). The call's status is UNAVAILABLE.
    case interrupted
}

/// What both kinds of subscription are made of.
struct AcceptedSubscription: Sendable {
    /// The work of a stream's own task.
    ///
    /// Not one kind of closure, which the other kind would be wrapped in: an idle stream would keep the wrapping.
    enum Serve: Sendable {
        case oneWay(@Sendable (PublicationWriter) async throws -> SubscriptionEnd)
        case bothWays(@Sendable (ClientPublications, PublicationWriter) async throws -> SubscriptionEnd)

        func callAsFunction(
            _ publications: ClientPublications,
            _ writer: PublicationWriter
        ) async throws -> SubscriptionEnd {
            switch self {
            case .oneWay(let serve): try await serve(writer)
            case .bothWays(let serve): try await serve(publications, writer)
            }
        }
    }

    var result: SubscribeResult
    let source: (hub: ChannelHub, channel: String)?
    let serve: Serve?
}
