package import CentrifugoProxy

/// What the client gets of a command.
package enum ClientAnswer: Sendable, Equatable {
    case accepted
    case error(Int)
    case disconnect(Int)
    /// The subscription ends, with this code.
    case unsubscribe(Int)
    /// No WebSocket is opened; the HTTP status.
    case noWebSocket(Int)
}

/// What Centrifugo does with one command of a client.
package struct Resolution: Sendable {
    package var command: ClientCommand
    /// What the backend is asked; nil when Centrifugo answers by itself.
    package var event: ProxyEvent?
    /// The backend gets a message of a stream that is open already.
    package var isMessage = false
    /// By which proxy it asks, or would.
    package var proxy: ProxySettings?
    /// The names of the call's metadata, in order.
    package var metadata: [String] = []
    /// Those of it that are forwarded or set, with their values.
    package var metadataValues: [String: String] = [:]
    package var answer: ClientAnswer
    /// What decides, in words that stay the same from release to release.
    package var rule: String
    /// The option that decides, such as `channel.namespaces[chat].presence`; nil where none does.
    package var option: OptionPath?
    /// Why, in a sentence or two.
    package var why: String
    /// Whether the answer is the one of a backend that accepts, which has not been asked.
    package var isAssumed = false
    /// What the backend's rules say, if they were asked, in a sentence or two.
    package var backend: String?
}
