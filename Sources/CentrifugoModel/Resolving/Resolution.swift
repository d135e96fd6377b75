package import CentrifugoProxy

/// The answer of a command to the client.
package enum ClientAnswer: Sendable, Equatable {
    case accepted
    case error(Int)
    case disconnect(Int)
    /// The subscription ends, with this code.
    case unsubscribe(Int)
    /// No WebSocket is opened; with the HTTP status.
    case noWebSocket(Int)
}

/// What Centrifugo does with one command of a client.
package struct Resolution: Sendable {
    package var command: ClientCommand
    /// The event that the backend is asked about; nil when Centrifugo itself answers.
    package var event: ProxyEvent?
    /// The backend gets a message of a stream that is already open.
    package var isMessage = false
    /// The proxy that is or would be called.
    package var proxy: ProxySettings?
    /// The names of the call's metadata, in order.
    package var metadata: [String] = []
    /// Forwarded and static values of the metadata.
    package var metadataValues: [String: String] = [:]
    package var answer: ClientAnswer
    /// The name of the rule that decides, which is the same in every release.
    package var rule: String
    /// The option that decides, such as `channel.namespaces[chat].presence`; nil without one.
    package var option: OptionPath?
    /// Why, in a sentence or two.
    package var why: String
    /// Whether the answer assumes that the backend accepts, without asking it.
    package var isAssumed = false
    /// The answer of the backend's rules, if they were asked, in a sentence or two.
    package var backend: String?
}
