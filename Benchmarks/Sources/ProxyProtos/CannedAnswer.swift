public import Foundation

// The messages themselves are in the folder Generated, which Scripts/bench compare fills.

extension Centrifugal_Centrifugo_Proxy_RPCResponse {
    /// A successful answer to a method, with that data.
    public init(data: Data) {
        self = .with { $0.result = .with { $0.data = data } }
    }
}

/// What every server of the comparison answers.
public let cannedAnswer = Data(#"{"pong":1784030400}"#.utf8)
