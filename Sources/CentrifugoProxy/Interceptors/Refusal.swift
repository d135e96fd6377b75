public import GRPCCall
public import ProxyMessages

/// What a handler may throw on purpose, and what the peer then gets: a `CentrifugoError`, a `Disconnect` or a `GRPCStatus`.
///
/// Only these three say something to a peer; conforming types of your own are treated as any other error.
public protocol Refusal: Error {}

extension CentrifugoError: Refusal {}
extension Disconnect: Refusal {}
extension GRPCStatus: Refusal {}
