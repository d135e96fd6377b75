/// One form of a pattern: each optional part is either included or omitted.
package struct TopicVariant: Sendable {
    enum Part: Sendable {
        case text([UInt8])
        case parameter(name: String, TopicAutomaton)
    }

    /// Texts are not empty, and no two of them are adjacent.
    let parts: [Part]
    /// The parameters' names, in their order.
    package let names: [String]

    init(_ parts: [Part]) {
        var merged: [Part] = []
        for part in parts {
            if case .text(let bytes) = part, case .text(let before)? = merged.last {
                merged[merged.count - 1] = .text(before + bytes)
            } else {
                merged.append(part)
            }
        }
        self.parts = merged
        names = merged.compactMap { part in
            if case .parameter(let name, _) = part { name } else { nil }
        }
    }

    var parameters: [(name: String, automaton: TopicAutomaton)] {
        parts.compactMap { part in
            if case .parameter(let name, let automaton) = part { (name, automaton) } else { nil }
        }
    }

    /// The range of each parameter in a channel; nil when the channel does not match.
    func ranges(in channel: Span<UInt8>) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var position = 0
        for part in parts {
            switch part {
            case .text(let bytes):
                guard bytes.count <= channel.count - position else { return nil }
                for index in bytes.indices where bytes[index] != channel[position + index] { return nil }
                position += bytes.count
            case .parameter(_, let automaton):
                guard let end = automaton.end(in: channel, from: position) else { return nil }
                ranges.append(position..<end)
                position = end
            }
        }
        return position == channel.count ? ranges : nil
    }

    /// One of the shortest channels of this form.
    package var shortestChannel: [UInt8] {
        parts.reduce(into: []) { channel, part in
            switch part {
            case .text(let bytes): channel += bytes
            case .parameter(_, let automaton): channel += automaton.shortest
            }
        }
    }

    /// The channel with one letter for each parameter, for checks of what stands around them.
    package var outline: String {
        channel(Dictionary(names.map { ($0, "x") }) { first, _ in first })
    }

    /// The channel with values that are known to fit.
    func channel(_ values: [String: String]) -> String {
        parts.reduce(into: "") { channel, part in
            switch part {
            case .text(let bytes): channel += String(decoding: bytes, as: UTF8.self)
            case .parameter(let name, _): channel += values[name] ?? ""
            }
        }
    }
}

extension TopicVariant.Part: Equatable {
    /// Whether both match the same, whatever a parameter's name.
    static func == (left: TopicVariant.Part, right: TopicVariant.Part) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left == right
        case (.parameter(_, let left), .parameter(_, let right)): left == right
        default: false
        }
    }
}
