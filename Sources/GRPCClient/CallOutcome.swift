package import GRPCCall
package import HTTP2Transport

/// How a call ended.
package struct CallOutcome: Sendable, Equatable {
    /// The server's status, or one that says why there is none.
    package let status: GRPCStatus
    /// Why this side left, if it did.
    package let leave: HTTP2Exchange.Leave?

    package init(_ status: GRPCStatus, leave: HTTP2Exchange.Leave? = nil) {
        self.status = status
        self.leave = leave
    }
}

extension CallOutcome: CustomStringConvertible {
    /// The status's name and number, and the message.
    package var description: String {
        "\(status.code.name) (\(status.code.rawValue))" + (status.message.isEmpty ? "" : ": \(status.message)")
    }
}
