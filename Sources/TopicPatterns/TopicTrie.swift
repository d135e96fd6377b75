/// Finds the form that a channel matches among many, without trying them one by one.
///
/// Forms share the nodes of their common beginnings. Since a parameter has only one possible end, a channel reaches
/// each node at most once; other nodes cost nothing.
package struct TopicTrie: Sendable {
    /// The lowest rank applies when several forms match.
    ///
    /// Exact forms have lower ranks than those with parameters; after that the order of registration decides, then the
    /// order within a pattern.
    package typealias Rank = Int

    // Lists of children are linked by index, so that matching counts no references.
    private struct Node {
        /// The character that leads from the parent to this node.
        var byte: UInt8 = 0
        /// The lowest rank of all forms through this node, and of those that end at it.
        var lowest = Rank.max
        var ending = Rank.max
        var firstChild = -1
        var nextSibling = -1
        var firstParameter = -1
    }

    private struct Parameter {
        let automaton: Int
        let node: Int
        var next = -1
    }

    private var nodes = [Node()]
    private var parameters: [Parameter] = []
    private var automata: [TopicAutomaton] = []
    private var indices: [TopicAutomaton: Int] = [:]

    package init() {}

    package mutating func insert(_ variant: TopicVariant, rank: Rank) {
        var node = 0
        nodes[0].lowest = min(nodes[0].lowest, rank)
        for part in variant.parts {
            switch part {
            case .text(let bytes):
                for byte in bytes {
                    node = child(of: node, for: byte)
                    nodes[node].lowest = min(nodes[node].lowest, rank)
                }
            case .parameter(_, let automaton):
                node = target(of: node, for: automaton)
                nodes[node].lowest = min(nodes[node].lowest, rank)
            }
        }
        nodes[node].ending = min(nodes[node].ending, rank)
    }

    private mutating func child(of node: Int, for byte: UInt8) -> Int {
        if let known = existingChild(of: node, for: byte) { return known }
        nodes.append(Node(byte: byte, nextSibling: nodes[node].firstChild))
        nodes[node].firstChild = nodes.count - 1
        return nodes.count - 1
    }

    private func existingChild(of node: Int, for byte: UInt8) -> Int? {
        var child = nodes[node].firstChild
        while child >= 0, nodes[child].byte != byte { child = nodes[child].nextSibling }
        return child < 0 ? nil : child
    }

    private mutating func target(of node: Int, for automaton: TopicAutomaton) -> Int {
        let index = indices[automaton] ?? automata.count
        if index == automata.count {
            automata.append(automaton)
            indices[automaton] = index
        }
        var last = -1
        var parameter = nodes[node].firstParameter
        while parameter >= 0 {
            if parameters[parameter].automaton == index { return parameters[parameter].node }
            last = parameter
            parameter = parameters[parameter].next
        }
        nodes.append(Node())
        parameters.append(Parameter(automaton: index, node: nodes.count - 1))
        // At the end of the list: the earliest registered is most likely the lowest.
        if last < 0 {
            nodes[node].firstParameter = parameters.count - 1
        } else {
            parameters[last].next = parameters.count - 1
        }
        return nodes.count - 1
    }

    /// The lowest rank of the forms that a channel matches, and how many nodes were visited and parameters tried.
    package func lowestRank(of channel: Span<UInt8>) -> (rank: Rank?, steps: Int) {
        var lowest = Rank.max
        var steps = 0
        search(channel, from: 0, at: 0, &lowest, &steps)
        return (lowest == .max ? nil : lowest, steps)
    }

    /// The lowest rank at each end that a channel reaches: all matching forms, apart from those that are equal to an
    /// earlier one.
    package func allRanks(of channel: Span<UInt8>) -> (ranks: [Rank], steps: Int) {
        var ranks: [Rank] = []
        var steps = 0
        // An explicit stack, since each step may have several successors.
        var open: [(node: Int, position: Int)] = [(0, 0)]
        while let (node, position) = open.popLast() {
            steps += 1
            guard position < channel.count else {
                if nodes[node].ending != .max { ranks.append(nodes[node].ending) }
                continue
            }
            if let child = existingChild(of: node, for: channel[position]) { open.append((child, position + 1)) }
            var parameter = nodes[node].firstParameter
            while parameter >= 0 {
                steps += 1
                if let end = automata[parameters[parameter].automaton].end(in: channel, from: position) {
                    open.append((parameters[parameter].node, end))
                }
                parameter = parameters[parameter].next
            }
        }
        return (ranks, steps)
    }

    private func search(
        _ channel: Span<UInt8>,
        from start: Int,
        at beginning: Int,
        _ lowest: inout Rank,
        _ steps: inout Int
    ) {
        var node = start
        var position = beginning
        while true {
            steps += 1
            guard nodes[node].lowest < lowest else { return }
            guard position < channel.count else {
                lowest = min(lowest, nodes[node].ending)
                return
            }
            let child = existingChild(of: node, for: channel[position])
            var parameter = nodes[node].firstParameter
            if let child, parameter >= 0 { search(channel, from: child, at: position + 1, &lowest, &steps) }
            while parameter >= 0 {
                let (automaton, target) = (parameters[parameter].automaton, parameters[parameter].node)
                steps += 1
                if nodes[target].lowest < lowest, let end = automata[automaton].end(in: channel, from: position) {
                    search(channel, from: target, at: end, &lowest, &steps)
                }
                parameter = parameters[parameter].next
            }
            guard let child, nodes[node].firstParameter < 0 else { return }
            node = child
            position += 1
        }
    }
}
