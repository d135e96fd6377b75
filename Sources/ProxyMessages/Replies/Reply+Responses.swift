/// Answers a `ConnectRequest`.
///
/// Without a result the connection is closed; an empty result accepts it.
public typealias ConnectResponse = Reply<ConnectResult>

/// Answers a `RefreshRequest`.
///
/// Centrifugo reads neither `error` nor `disconnect`.
public typealias RefreshResponse = Reply<RefreshResult>

/// Answers a `SubscribeRequest`.
///
/// Without a result the subscription is accepted.
public typealias SubscribeResponse = Reply<SubscribeResult>

/// Answers a `SubRefreshRequest`.
///
/// Centrifugo reads neither `error` nor `disconnect`.
public typealias SubRefreshResponse = Reply<SubRefreshResult>

/// Answers a `PublishRequest`.
///
/// Without a result the client's data is published.
public typealias PublishResponse = Reply<PublishResult>

/// Answers an `RPCRequest`.
///
/// Without a result the call succeeds without data.
public typealias RPCResponse = Reply<RPCResult>

/// Answers a `MapPublishRequest`.
///
/// Without a result the key is set as the client sent it.
public typealias MapPublishResponse = Reply<MapPublishResult>

/// Answers a `MapRemoveRequest`.
///
/// Without a result the client's key is removed.
public typealias MapRemoveResponse = Reply<MapRemoveResult>

/// Answers a `SharedPollRefreshRequest`.
///
/// It has no `disconnect`; setting one has no effect.
public typealias SharedPollRefreshResponse = Reply<SharedPollRefreshResult>

/// Answers a `NotifyCacheEmptyRequest`.
///
/// It has only a result; setting an error or a disconnect has no effect.
public typealias NotifyCacheEmptyResponse = Reply<NotifyCacheEmptyResult>

/// Answers a `NotifyChannelStateRequest`.
///
/// It has no `disconnect`; setting one has no effect.
public typealias NotifyChannelStateResponse = Reply<NotifyChannelStateResult>
