extension TopicVariant {
    /// A position in a form, up to which a channel has been read.
    private struct Place: Hashable {
        var part: Int
        /// In a text the index of its next character; in a parameter its automaton's state.
        var inner: Int
    }

    private struct Pair: Hashable {
        let own: Place
        let other: Place
    }

    // Enough to compare two forms of a few hundred characters.
    private static let mostPairs = 10_000

    /// Whether another form matches every channel that this one matches.
    ///
    /// Follows both at the same time. Also false when the comparison would take too long.
    package func isContained(in other: TopicVariant) -> Bool {
        // The end of a common beginning does not depend on what follows, so only the rest has to be compared.
        let common = zip(parts, other.parts).prefix { $0 == $1 }.count
        guard !differsAtOnce(from: other, at: common) else { return false }
        let beginning = Pair(own: beginning(of: common), other: other.beginning(of: common))
        var known: Set = [beginning]
        var open = [beginning]
        while let pair = open.popLast() {
            guard !isEnd(pair.own) || other.isEnd(pair.other) else { return false }
            guard known.count < Self.mostPairs else { return false }
            for byte in next(at: pair.own) {
                guard let own = place(after: byte, at: pair.own) else { continue }
                // Every position of a form leads to its end, so this form matches a channel that the other does not.
                guard let other = other.place(after: byte, at: pair.other) else { return false }
                let pair = Pair(own: own, other: other)
                if known.insert(pair).inserted { open.append(pair) }
            }
        }
        return true
    }

    /// Whether both continue with different texts, like most patterns of a large registry.
    private func differsAtOnce(from other: TopicVariant, at index: Int) -> Bool {
        guard index < parts.count, index < other.parts.count else { return false }
        guard case .text(let own) = parts[index], case .text(let others) = other.parts[index] else { return false }
        return zip(own, others).contains { $0 != $1 }
    }

    private func beginning(of part: Int) -> Place {
        guard part < parts.count, case .parameter = parts[part] else { return Place(part: part, inner: 0) }
        return Place(part: part, inner: TopicAutomaton.start)
    }

    /// Whether a channel may end at this position.
    private func isEnd(_ place: Place) -> Bool {
        guard place.part < parts.count else { return true }
        guard place.part == parts.count - 1, case .parameter(_, let automaton) = parts[place.part] else { return false }
        return automaton.isAccepting(place.inner)
    }

    /// A superset of the characters that can follow.
    private func next(at place: Place) -> [UInt8] {
        guard place.part < parts.count else { return [] }
        return switch parts[place.part] {
        case .text(let bytes): [bytes[place.inner]]
        case .parameter: Self.printable
        }
    }

    private static let printable = ASCIISet.printable.bytes

    private func place(after byte: UInt8, at place: Place) -> Place? {
        guard place.part < parts.count else { return nil }
        switch parts[place.part] {
        case .text(let bytes):
            guard bytes[place.inner] == byte else { return nil }
            guard place.inner + 1 < bytes.count else { return beginning(of: place.part + 1) }
            return Place(part: place.part, inner: place.inner + 1)
        case .parameter(_, let automaton):
            let state = automaton.state(after: byte, in: place.inner)
            if state != TopicAutomaton.dead { return Place(part: place.part, inner: state) }
            guard automaton.isAccepting(place.inner) else { return nil }
            return self.place(after: byte, at: beginning(of: place.part + 1))
        }
    }
}
