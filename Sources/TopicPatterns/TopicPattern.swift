/// The form of channels' names, such as `chat.{room}` or `user-{id:\d+}[.{tab}]`.
///
/// - `{name}` is a parameter: one or more printable ASCII characters, but none of `.` `:` `/` `#` `,` (which divide
///   channels' names, ours and Centrifugo's) and not the character that comes after it in the pattern. So `user-{id}` takes
///   `user-a-b`, and in `user-{id}-{tab}` the id ends at the first hyphen.
/// - `{name:constraint}` is a parameter that a regular expression describes from its first character to its last, and that
///   may contain anything this allows. A constraint may have characters, `.`, `\d`, `\w`, escaped punctuation, classes
///   (`[a-z_]`, `[^.]`), groups, `|`, and the repetitions `*` `+` `?` `{2}` `{2,}` `{2,5}`. It becomes an automaton:
///   matching takes one step per character, whatever a client sends.
/// - `[…]` may be left out; optional parts may be nested. A channel that fits several forms is read as the longest.
///
/// Building a channel and matching it are inverse: ``channel(_:)`` makes no channel that reads differently.
public struct TopicPattern: Sendable {
    /// What a parameter without a constraint is made of.
    static let unconstrained: ASCIISet = {
        var dividers = ASCIISet()
        for byte in ".:/#,".utf8 { dividers.insert(byte) }
        return ASCIISet.printable.subtracting(dividers)
    }()

    /// The pattern as it was written.
    public let text: String
    /// The pattern without its optional parts and with them, the fullest first.
    package let variants: [TopicVariant]

    /// Reads a pattern.
    ///
    /// - Throws: ``TopicError`` that names the pattern, the place and the mend.
    public init(_ text: String) throws {
        self.text = text
        variants = try Self.parse(text)
    }

    /// The names of all parameters, in their order.
    public var parameters: [String] {
        variants.first?.names ?? []
    }

    /// Takes a channel apart; nil when it does not have this form.
    public func match(_ channel: String) -> TopicMatch? {
        for variant in variants {
            if let match = TopicMatch(channel, variant, of: self) { return match }
        }
        return nil
    }

    /// Makes the channel whose parameters have these values; optional parts without a value are left out.
    ///
    /// - Parameter values: A value for each parameter, or for each outside of the optional parts that are left out.
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
                "The values for the topic pattern \"\(text)\" make a channel that reads with other values."
            )
        }
        return channel
    }
}

extension TopicPattern: Hashable, CustomStringConvertible {
    /// Compares how the patterns are written.
    public static func == (left: TopicPattern, right: TopicPattern) -> Bool {
        left.text == right.text
    }

    /// Hashes how the pattern is written.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    /// The pattern as it was written.
    public var description: String { text }
}

extension TopicAutomaton {
    /// Whether a text is a whole parameter.
    fileprivate func takes(_ text: String) -> Bool {
        let bytes = text.utf8.span
        return end(in: bytes, from: 0) == bytes.count
    }
}
