public import CentrifugoProxy

/// The outcome of an answer: what the end user gets, and what follows.
public struct SimulatedOutcome: Sendable, Equatable {
    /// When a connection or a subscription has to be extended.
    public enum Expiry: Sendable, Hashable {
        /// Never.
        case never
        /// At a time in unix seconds.
        case at(Int64)
    }

    /// The effect of the answer in Centrifugo.
    public enum Effect: Sendable, Hashable {
        /// The client is connected; an empty user is an anonymous one.
        case connected(user: String, expires: Expiry)
        /// The client is subscribed.
        case subscribed(expires: Expiry)
        /// A connection or subscription that was about to expire continues.
        case prolonged(Expiry)
        /// The client's request is carried out.
        case accepted
        /// The client's request is carried out, but the client gets an error: Centrifugo 6.9.1 answers map commands
        /// like this.
        case acceptedWithError(code: UInt32, message: String)
        /// The client's request fails with an error, which may be a connect or a subscribe.
        case error(code: UInt32, message: String)
        /// The connection is closed.
        case closed(code: UInt32, reason: String)
        /// The subscription ends.
        case unsubscribed(code: UInt32)
        /// The call has failed, and what was about to expire continues for 60 s.
        case keptForAMinute
        /// The cache is checked again if it was populated.
        case recovered(populated: Bool)
        /// The event concerns no client, and nothing changes.
        case nothingChanges
    }

    /// The effect of the answer in Centrifugo.
    public let effect: Effect
    /// What the client's SDK, or Centrifugo, does next; nil when nothing follows.
    public let next: NextStep?
    /// The data that the client receives, or that is published in place of the client's; empty without data.
    public let data: [UInt8]
    /// Warnings about unexpected effects of the answer.
    public let warnings: [SimulatorWarning]

    /// The channels that an accepted connect subscribes its client to, in order.
    public internal(set) var channels: [String] = []
    /// The features of an accepted subscription, in addition to its publications.
    public internal(set) var features: Set<SubscriptionFeature> = []
    /// The effect on other clients with JSON that are sent the answer's data; nil when they can read it.
    ///
    /// They are the subscribers of a channel that is published into, and those that ask for presence.
    public internal(set) var readers: Effect?

    /// ``data`` as text; nil when it is not UTF-8.
    public var text: String? { String(validating: data, as: UTF8.self) }

    /// The kinds of the warnings, in the order of ``warnings``.
    public var traps: [SimulatorWarning.Kind] { warnings.map(\.kind) }
}

extension SimulatedOutcome: CustomStringConvertible {
    /// The effect and what follows in a sentence, then the warnings.
    public var description: String {
        let sentence = next.map { "\(effect); \($0)" } ?? "\(effect)"
        let others = readers.map { ["clients with JSON that read it: \($0)"] } ?? []
        return ([sentence] + others + warnings.map { "warning: \($0)" }).joined(separator: "\n")
    }
}

extension SimulatedOutcome.Effect {
    /// Whether the answer is carried out.
    var isAllowed: Bool {
        switch self {
        case .connected, .subscribed, .prolonged, .accepted, .acceptedWithError: true
        default: false
        }
    }
}

extension SimulatedOutcome.Effect: CustomStringConvertible {
    /// The effect in words.
    public var description: String {
        switch self {
        case .connected(let user, let expires): "connected as \(user.isEmpty ? "anonymous" : user), \(expires)"
        case .subscribed(let expires): "subscribed, \(expires)"
        case .prolonged(.never): "never expires again"
        case .prolonged(.at(let time)): "extended until \(time)"
        case .accepted: "accepted"
        case .acceptedWithError(let code, let message): "accepted, and answered with error \(code): \(message)"
        case .error(let code, let message): "error \(code): \(message)"
        case .closed(let code, let reason): "closed with code \(code): \(reason)"
        case .unsubscribed(let code): "unsubscribed with code \(code)"
        case .keptForAMinute: "kept for 60 s"
        case .recovered(let populated): populated ? "the cache is checked again" : "nothing is recovered"
        case .nothingChanges: "nothing changes"
        }
    }
}

extension SimulatedOutcome.Expiry: CustomStringConvertible {
    /// The expiry in words.
    public var description: String {
        switch self {
        case .never: "never expires"
        case .at(let time): "expires at \(time)"
        }
    }
}
