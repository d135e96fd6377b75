/// How a call ended: a code and a text for whoever operates the peer.
///
/// Thrown by a handler, it ends the call with this status. Centrifugo reads neither code nor message: each status but
/// `ok` is a failed call to it. Other peers receive the message percent-encoded in `grpc-message`.
public struct GRPCStatus: Error, Sendable, Hashable {
    /// The success of a call, without a message.
    public static let ok = GRPCStatus(.ok)

    /// What kind of end it was.
    public var code: Code

    /// Details for a person, empty when there are none.
    ///
    /// They leave the machine, so they carry no secrets.
    public var message: String

    /// Creates a status.
    public init(_ code: Code, _ message: String = "") {
        self.code = code
        self.message = message
    }
}

extension GRPCStatus: CustomStringConvertible {
    /// The code's name, followed by the message when there is one.
    public var description: String {
        message.isEmpty ? "\(code)" : "\(code): \(message)"
    }
}
