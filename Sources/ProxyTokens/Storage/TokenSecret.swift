#if Tokens
import CentrifugoProxy

/// The clear text of a token, as a client sends it.
///
/// Anyone with the text can act as its user, so only ``text`` reveals it: logs, errors and dumps do not.
public struct TokenSecret: Sendable, Hashable {
    /// The most bytes of a secret; longer ones are unknown without a lookup.
    public static let longest = 16_384

    /// The clear text.
    public let text: String

    /// Makes a secret from the text that a client sent.
    public init(_ text: String) {
        self.text = text
    }

    /// Makes a new secret: 256 random bits as 43 characters of base64url, from the system's generator.
    public static func random() -> TokenSecret {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return TokenSecret(Base64URL.encode(bytes))
    }

    /// Whether the text is longer than any token.
    package var isTooLong: Bool { text.utf8.count > Self.longest }
}

extension TokenSecret {
    /// Whether both have the same bytes.
    public static func == (left: TokenSecret, right: TokenSecret) -> Bool {
        left.text.isExactly(right.text)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(text))
    }
}

extension TokenSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A fixed text.
    public var description: String { "TokenSecret(redacted)" }
    /// The description.
    public var debugDescription: String { description }
    /// Shows no content.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
#endif
