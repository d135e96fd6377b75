/// The form of channels' names, such as `chat.{room}` or `user-{id:\d+}[.{tab}]`.
///
/// - `{name}` is a parameter: one or more printable ASCII characters, except `.` `:` `/` `#` `,` (which separate the
///   parts of channels' names, here and in Centrifugo) and the character that follows it in the pattern. So `user-{id}`
///   matches `user-a-b`, and in `user-{id}-{tab}` the id ends at the first hyphen.
/// - `{name:constraint}` is a parameter that matches a regular expression as a whole, and may contain anything that
///   this allows. A constraint may have characters, `.`, `\d`, `\w`, escaped punctuation, classes (`[a-z_]`, `[^.]`),
///   groups, `|`, and the repetitions `*` `+` `?` `{2}` `{2,}` `{2,5}`. It becomes an automaton: matching takes one
///   step per character, whatever a client sends.
/// - `[…]` is optional; optional parts may be nested. A channel that matches several forms is read as the longest one.
///
/// Building a channel and matching it are inverse: ``channel(_:)`` never makes a channel that is read differently.
public struct TopicPattern: Sendable {
    /// The characters of a parameter without a constraint.
    static let unconstrained: ASCIISet = {
        var dividers = ASCIISet()
        for byte in ".:/#,".utf8 { dividers.insert(byte) }
        return ASCIISet.printable.subtracting(dividers)
    }()

    /// The pattern as it was written.
    public let text: String
    /// The pattern's forms, with and without its optional parts; the one with the most parts is the first.
    package let variants: [TopicVariant]

    /// Parses a pattern.
    ///
    /// - Throws: ``TopicError`` that names the pattern, the position and what to change.
    public init(_ text: String) throws {
        self.text = text
        variants = try Self.parse(text)
    }

    /// The names of all parameters, in their order.
    public var parameters: [String] {
        variants.first?.names ?? []
    }

    /// Splits a channel into its parts; nil when it does not have this form.
    public func match(_ channel: String) -> TopicMatch? {
        for variant in variants {
            if let match = TopicMatch(channel, variant, of: self) { return match }
        }
        return nil
    }

    /// Makes the channel with these values of the parameters; optional parts without a value are omitted.
    ///
    /// - Parameter values: A value for each parameter, except those in omitted optional parts.
    /// - Returns: A channel that ``match(_:)`` reads with exactly these values.
    /// - Throws: ``TopicError`` for a value that is missing, unknown or does not fit its parameter.
    public func channel(_ values: [String: String] = [:]) throws -> String {
        // The last one has the fewest optional parts.
        guard let variant = variants.last(where: { Set($0.names) == Set(values.keys) }) else {
            throw TopicError(
                .unknownParameter,
                "The topic pattern \"\(text)\" has the parameters \(parameters), and values were given for "
                    + "\(values.keys.sorted()); give one for each."
            )
        }
        for (name, automaton) in variant.parameters where !automaton.takes(values[name] ?? "") {
            throw TopicError(
                .invalidValue,
                "A value does not fit the parameter {\(name)} of the topic pattern \"\(text)\": it is empty, or has "
                    + "characters that the parameter must not have."
            )
        }
        let channel = variant.channel(values)
        guard match(channel)?.values == values else {
            throw TopicError(
                .invalidValue,
                "The values for the topic pattern \"\(text)\" make a channel that would be read with other values."
            )
        }
        return channel
    }
}

extension TopicPattern: Hashable, CustomStringConvertible {
    /// Compares the patterns' texts.
    public static func == (left: TopicPattern, right: TopicPattern) -> Bool {
        left.text == right.text
    }

    /// Hashes the pattern's text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    /// The pattern as it was written.
    public var description: String { text }
}

extension TopicAutomaton {
    /// Whether a text is a complete parameter.
    fileprivate func takes(_ text: String) -> Bool {
        let bytes = text.utf8.span
        return end(in: bytes, from: 0) == bytes.count
    }
}
