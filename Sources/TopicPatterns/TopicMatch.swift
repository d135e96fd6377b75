/// A channel, split into its parts by the pattern that it matches.
public struct TopicMatch: Sendable {
    /// The channel.
    public let channel: String
    /// The pattern that it matches.
    public let pattern: TopicPattern
    private let names: [String]
    private let ranges: [Range<Int>]

    package init?(_ channel: String, _ variant: TopicVariant, of pattern: TopicPattern) {
        guard let ranges = variant.ranges(in: channel.utf8.span) else { return nil }
        self.channel = channel
        self.pattern = pattern
        names = variant.names
        self.ranges = ranges
    }

    /// A parameter's value; nil if it is in an optional part that the channel does not have, and for an unknown name.
    public subscript(name: String) -> String? {
        guard let index = names.firstIndex(of: name) else { return nil }
        return text(in: ranges[index])
    }

    /// All parameters that the channel has.
    public var values: [String: String] {
        Dictionary(zip(names, ranges).map { ($0, text(in: $1)) }) { first, _ in first }
    }

    /// Channels that match a pattern are ASCII, so each byte is a character.
    private func text(in range: Range<Int>) -> String {
        let characters = channel.utf8
        let start = characters.index(characters.startIndex, offsetBy: range.lowerBound)
        let end = characters.index(start, offsetBy: range.count)
        return String(channel[start..<end])
    }
}
