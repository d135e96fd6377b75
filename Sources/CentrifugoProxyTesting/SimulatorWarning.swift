/// Something in an answer that Centrifugo silently accepts, but that does not have the effect it suggests.
public struct SimulatorWarning: Sendable, Hashable, CustomStringConvertible {
    /// The kind of warning.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// A field that Centrifugo does not read here, or over which another one takes precedence.
        case ignoredField
        /// A code outside of the application's range, which Centrifugo does not check.
        case codeOutOfRange
        /// A disconnect's reason that is longer than documented, or not ASCII.
        case badReason
        /// Payloads that are not JSON, for a client that reads JSON; or `meta`, which always is.
        case notJSON
        /// A b64 field that is not base64.
        case notBase64
        /// No result, or an empty one, which allows.
        case emptyAnswerAllows
        /// No result, which does not allow.
        case missingResult
        /// A time that has passed.
        case timeInThePast
        /// A time further away than Centrifugo supports: 365 days.
        case timeTooFar
        /// A subscription that never expires again, since the time is 0.
        case neverExpiresAgain
        /// A connection that ends, since the time is 0.
        case zeroEndsConnection
        /// A channel of a namespace that Centrifugo does not know.
        case unknownNamespace
        /// Channels that the client asks for and is not subscribed to.
        case wishIgnored
        /// A channel without a name, which is ignored.
        case emptyChannel
        /// More channels than a client may have.
        case tooManyChannels
        /// A channel that Centrifugo itself refuses, without asking the backend.
        case neverAsked
        /// An override that has no effect with the namespace's options.
        case overrideWithoutEffect
        /// An answer of more than 4 MiB, which fails the call.
        case tooLarge
        /// A `key_mode` that does not exist.
        case unknownKeyMode
        /// The first message of a stream, without `subscribe_response`.
        case noSubscribeResponse
        /// A publication in the first message of a stream, which no client gets.
        case droppedPublication
        /// The end of a stream with OK, after which no client subscribes again.
        case endsForGood
    }

    /// The kind of warning.
    public let kind: Kind
    /// What happens, in words.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
