public import GRPCCall
public import ProxyMessages

/// An error that a handler throws on purpose and that the peer gets: a `CentrifugoError`, a `Disconnect` or a
/// `GRPCStatus`.
///
/// Only these three tell a peer anything; your own conforming types are treated like any other error.
public protocol Refusal: Error {}

extension CentrifugoError: Refusal {}
extension Disconnect: Refusal {}
extension GRPCStatus: Refusal {}
