/// Something in an answer that Centrifugo accepts without a word, and that does not do what it seems to.
public struct SimulatorWarning: Sendable, Hashable, CustomStringConvertible {
    /// Which trap it is.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// A field that Centrifugo does not read here, or that another one outweighs.
        case ignoredField
        /// A code out of the application's range, which nobody checks.
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
        /// A time that is further away than Centrifugo counts: 365 days.
        case timeTooFar
        /// A subscription that never expires again, since the time is 0.
        case neverExpiresAgain
        /// A connection that ends, since the time is 0.
        case zeroEndsConnection
        /// A channel of a namespace that Centrifugo does not know.
        case unknownNamespace
        /// Channels that the client wishes for and is not subscribed to.
        case wishIgnored
        /// A channel without a name, which is left out.
        case emptyChannel
        /// More channels than a client may have.
        case tooManyChannels
        /// A channel that Centrifugo refuses itself, so that the backend is not asked.
        case neverAsked
        /// An override that the namespace's options leave without an effect.
        case overrideWithoutEffect
        /// An answer of more than 4 MiB, which fails the call.
        case tooLarge
        /// A `key_mode` that does not exist.
        case unknownKeyMode
        /// The first message of a stream, without `subscribe_response`.
        case noSubscribeResponse
        /// A publication in the first message of a stream, which nobody gets.
        case droppedPublication
        /// The end of a stream with OK, after which no client subscribes again.
        case endsForGood
    }

    /// Which trap it is.
    public let kind: Kind
    /// What happens, in words.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
