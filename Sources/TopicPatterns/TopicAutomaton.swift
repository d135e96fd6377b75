/// Recognizes a parameter's characters, one step for each: a deterministic finite automaton.
struct TopicAutomaton: Hashable, Sendable {
    typealias State = Int

    /// No character can follow.
    static let dead: State = 0
    /// Nothing has been read.
    static let start: State = 1

    /// The next state for each character in each state, 128 per state.
    private var transitions: [UInt16]
    private var accepts: [Bool]

    /// One or more characters of a set.
    init(oneOrMoreOf set: ASCIISet) {
        transitions = Array(repeating: 0, count: 3 << 7)
        accepts = [false, false, true]
        for byte in set.bytes {
            transitions[1 << 7 | Int(byte)] = 2
            transitions[2 << 7 | Int(byte)] = 2
        }
    }

    init(transitions: [UInt16], accepts: [Bool]) {
        self.transitions = transitions
        self.accepts = accepts
    }

    func state(after byte: UInt8, in state: State) -> State {
        byte < 128 ? Int(transitions[state << 7 | Int(byte)]) : Self.dead
    }

    func isAccepting(_ state: State) -> Bool {
        accepts[state]
    }

    /// The end of the parameter that begins at `position`; nil when there is no parameter.
    ///
    /// There is only one possible end: the text after a parameter in its pattern never continues the parameter.
    func end(in channel: Span<UInt8>, from position: Int) -> Int? {
        var state = Self.start
        var position = position
        while position < channel.count {
            let next = self.state(after: channel[position], in: state)
            guard next != Self.dead else { break }
            state = next
            position += 1
        }
        return accepts[state] ? position : nil
    }

    /// The characters that can begin a parameter.
    var first: ASCIISet { characters(in: Self.start) }

    /// The characters that can continue a complete parameter.
    var continuations: ASCIISet {
        accepts.indices.reduce(into: ASCIISet()) { set, state in
            if accepts[state] { set = set.union(characters(in: state)) }
        }
    }

    /// One of the shortest parameters: the first path to an accepting state.
    var shortest: [UInt8] {
        var paths: [State: [UInt8]] = [Self.start: []]
        var open = [Self.start]
        while let state = open.first {
            if isAccepting(state) { return paths[state] ?? [] }
            open.removeFirst()
            for byte in characters(in: state).bytes {
                let next = self.state(after: byte, in: state)
                guard paths[next] == nil else { continue }
                paths[next] = (paths[state] ?? []) + [byte]
                open.append(next)
            }
        }
        return []
    }

    private func characters(in state: State) -> ASCIISet {
        (0..<128).reduce(into: ASCIISet()) { set, byte in
            if transitions[state << 7 | byte] != 0 { set.insert(UInt8(byte)) }
        }
    }
}
