/// One form of a pattern: all its optional parts are decided.
package struct TopicVariant: Sendable {
    enum Part: Sendable {
        case text([UInt8])
        case parameter(name: String, TopicAutomaton)
    }

    /// Texts are not empty, and no two are side by side.
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

    /// Where each parameter is in a channel; nil when the channel does not have this form.
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

    /// A channel of this form, as short as they get.
    package var shortestChannel: [UInt8] {
        parts.reduce(into: []) { channel, part in
            switch part {
            case .text(let bytes): channel += bytes
            case .parameter(_, let automaton): channel += automaton.shortest
            }
        }
    }

    /// The channel of values that were found to fit.
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
    /// Whether both take the same, whatever a parameter's name.
    static func == (left: TopicVariant.Part, right: TopicVariant.Part) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left == right
        case (.parameter(_, let left), .parameter(_, let right)): left == right
        default: false
        }
    }
}
