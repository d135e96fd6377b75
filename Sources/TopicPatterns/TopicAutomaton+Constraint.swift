extension TopicAutomaton {
    /// Why a constraint cannot be turned into an automaton.
    enum ConstraintError: Error {
        case tooLarge
        case matchesNothing
    }

    private static let mostStates = 512

    /// Makes the automaton of a constraint by Glushkov's construction and the subset construction.
    init(_ constraint: TopicConstraint) throws(ConstraintError) {
        var positions = Positions()
        let whole = try positions.add(constraint)
        guard !whole.isNullable else { throw .matchesNothing }
        let last = Set(whole.last)

        // State 0 is the dead one, state 1 the start.
        var transitions = [UInt16](repeating: 0, count: 2 << 7)
        var accepts = [false, false]
        var known: [[Int]: Int] = [:]
        var open: [(state: Int, next: [Int])] = [(Self.start, whole.first.sorted())]
        while let (state, next) = open.popLast() {
            for byte in UInt8(0)..<128 {
                let target = next.filter { positions.sets[$0].contains(byte) }
                guard !target.isEmpty else { continue }
                if known[target] == nil {
                    guard accepts.count < Self.mostStates else { throw .tooLarge }
                    known[target] = accepts.count
                    let follow = target.reduce(into: Set<Int>()) { $0.formUnion(positions.follow[$1]) }
                    open.append((accepts.count, follow.sorted()))
                    accepts.append(target.contains { last.contains($0) })
                    transitions += repeatElement(0, count: 1 << 7)
                }
                transitions[state << 7 | Int(byte)] = UInt16(known[target] ?? 0)
            }
        }
        self.init(transitions: transitions, accepts: accepts)
    }

    /// Each position in a constraint that consumes a character, and the positions that may follow it.
    private struct Positions {
        private static let most = 256

        /// The first and last positions of a part of the constraint.
        struct Fragment {
            var first: [Int] = []
            var last: [Int] = []
            var isNullable: Bool
        }

        var sets: [ASCIISet] = []
        var follow: [Set<Int>] = []

        mutating func add(_ constraint: TopicConstraint) throws(ConstraintError) -> Fragment {
            switch constraint {
            case .set(let set):
                guard sets.count < Self.most else { throw .tooLarge }
                sets.append(set)
                follow.append([])
                return Fragment(first: [sets.count - 1], last: [sets.count - 1], isNullable: false)
            case .sequence(let parts):
                var whole = Fragment(isNullable: true)
                for part in parts {
                    let fragment = try add(part)
                    whole = joined(whole, fragment)
                }
                return whole
            case .choice(let parts):
                var whole = Fragment(isNullable: false)
                for part in parts {
                    let fragment = try add(part)
                    whole.first += fragment.first
                    whole.last += fragment.last
                    whole.isNullable = whole.isNullable || fragment.isNullable
                }
                return whole
            case .repeated(let part, let least, let most):
                return try addRepeated(part, least: least, most: most)
            }
        }

        /// Copies the part for its least and its most repetitions; without a maximum the last copy loops.
        private mutating func addRepeated(
            _ part: TopicConstraint,
            least: Int,
            most: Int?
        ) throws(ConstraintError) -> Fragment {
            var whole = try add(part)
            // A part that may match nothing may be omitted, whatever its least number of repetitions.
            let least = whole.isNullable ? 0 : least
            var previous = whole
            for number in 1..<max(most ?? least, 2) where number < most ?? least {
                let copy = try add(part)
                connect(previous, copy)
                whole.last = number < least ? copy.last : whole.last + copy.last
                previous = copy
            }
            if most == nil { connect(previous, previous) }
            whole.isNullable = least == 0
            return whole
        }

        private mutating func joined(_ left: Fragment, _ right: Fragment) -> Fragment {
            connect(left, right)
            return Fragment(
                first: left.isNullable ? left.first + right.first : left.first,
                last: right.isNullable ? left.last + right.last : right.last,
                isNullable: left.isNullable && right.isNullable
            )
        }

        private mutating func connect(_ left: Fragment, _ right: Fragment) {
            for position in left.last { follow[position].formUnion(right.first) }
        }
    }
}
