// One protocol per event. A handler is an actor of the user's; one actor may conform to several. Each method returns what
// the event can answer and throws what refuses it:
//
// - `CentrifugoError` and `Disconnect` reach the client, where the event has room for them;
// - `GRPCStatus` fails the call, which Centrifugo tells the client as error 100, temporary;
// - any other error fails the call with UNKNOWN; its text goes to the log and nowhere else.

/// Decides who may connect.
public protocol ConnectHandler: Actor {
    /// Answers a client that connects without a token of its own.
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult
}

/// Prolongs or ends connections that are about to expire.
public protocol RefreshHandler: Actor {
    /// Answers with `.prolonged(until:)` or `.expired`; a thrown refusal counts as `.expired`.
    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult
}

/// Decides who may subscribe to which channel.
public protocol SubscribeHandler: Actor {
    /// Answers a client that subscribes without a token.
    ///
    /// Centrifugo refuses channels of unknown namespaces, and those that begin with `$`, without asking.
    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult
}

/// Prolongs or ends subscriptions that are about to expire.
public protocol SubRefreshHandler: Actor {
    /// Answers with `.prolonged(until:)` or `.expired`; a thrown refusal counts as `.expired`.
    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult
}

/// Decides who may publish what into which channel.
public protocol PublishHandler: Actor {
    /// Answers a client that publishes; empty `data` publishes what the client sent.
    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult
}

/// Serves clients' method calls.
public protocol RPCHandler: Actor {
    /// Answers a client that calls `request.method`.
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult
}

/// Decides who may set which key of a map channel.
///
/// What is accepted is done, and Centrifugo 6.9.1 answers the client with error 107 nevertheless.
public protocol MapPublishHandler: Actor {
    /// Answers a client that sets a key; empty `data` publishes what the client sent.
    func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult
}

/// Decides who may remove which key of a map channel.
///
/// What is accepted is done, and Centrifugo 6.9.1 answers the client with error 107 nevertheless.
public protocol MapRemoveHandler: Actor {
    /// Answers a client that removes a key.
    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult
}

/// Tells which tracked keys have changed.
public protocol SharedPollRefreshHandler: Actor {
    /// Answers a node's polling cycle; keys left out have not changed.
    func sharedPollRefresh(
        _ request: SharedPollRefreshRequest,
        context: CallContext
    ) async throws -> SharedPollRefreshResult
}

/// Fills a channel's recovery cache.
public protocol NotifyCacheEmptyHandler: Actor {
    /// Answers whether the cache was populated, so that recovery looks again.
    func notifyCacheEmpty(
        _ request: NotifyCacheEmptyRequest,
        context: CallContext
    ) async throws -> NotifyCacheEmptyResult
}

/// Learns which channels became occupied or vacated.
public protocol NotifyChannelStateHandler: Actor {
    /// Takes a batch of events, which may repeat and come out of order.
    func notifyChannelState(
        _ request: NotifyChannelStateRequest,
        context: CallContext
    ) async throws -> NotifyChannelStateResult
}
