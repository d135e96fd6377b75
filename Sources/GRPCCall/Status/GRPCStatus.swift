/// How a call ended: a code, and a text for the operator of the peer.
///
/// A handler that throws it ends the call with this status. Centrifugo reads neither code nor message: for Centrifugo,
/// each status but `ok` is a failed call. Other peers receive the message percent-encoded in `grpc-message`.
public struct GRPCStatus: Error, Sendable, Hashable {
    /// The success of a call, without a message.
    public static let ok = GRPCStatus(.ok)

    /// The kind of end.
    public var code: Code

    /// Details for people; empty without any.
    ///
    /// They are sent to the peer, so they must not contain secrets.
    public var message: String

    /// Creates a status.
    public init(_ code: Code, _ message: String = "") {
        self.code = code
        self.message = message
    }
}

extension GRPCStatus: CustomStringConvertible {
    /// The code's name, followed by the message if there is one.
    public var description: String {
        message.isEmpty ? "\(code)" : "\(code): \(message)"
    }
}
